/**
 * What checks requests and writes answers by their schemas, compiled for each route when it is first asked. Compiling it for all
 * routes at once took more than a third of the processor time of a start.
 */
import { AjvCompiler } from '@fastify/ajv-compiler';
import { SerializerSelector } from '@fastify/fast-json-stringify-compiler';

const buildValidators = AjvCompiler();
const buildSerializers = SerializerSelector();

type Validators = ReturnType<typeof buildValidators>;
type Serializers = ReturnType<typeof buildSerializers>;

/**
 * For one API, whose shared schemas are all there before its first route. The framework asks for a compiler with each
 * route; they are all the same one, and it is made with the first request: reading some hundred shared schemas takes
 * as long as compiling a dozen routes.
 */
export function createLateCompilers() {
  let validators: Validators | null = null;
  return {
    buildValidator(...given: Parameters<typeof buildValidators>): Validators {
      const compile = (...route: Parameters<Validators>) => (validators ??= buildValidators(...given))(...route);
      return ((...route: Parameters<Validators>) => lateValidator(() => compile(...route))) as Validators;
    },
    buildSerializer(...given: Parameters<typeof buildSerializers>): Serializers {
      const compile = buildSerializers(...given);
      return (route) => {
        let write: ReturnType<Serializers> | null = null;
        return (answer) => (write ??= compile(route))(answer);
      };
    },
  };
}

/** The framework finds what was wrong on the function that it called. */
function lateValidator(compile: () => ReturnType<Validators>) {
  let check: ReturnType<Validators> | null = null;
  const late = (input: unknown): unknown => {
    check ??= compile();
    const result: unknown = check(input);
    late.errors = check.errors;
    return result;
  };
  late.errors = null as ReturnType<Validators>['errors'];
  return late;
}
