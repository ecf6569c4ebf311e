import { Input } from '@base-ui/react/input';
import { InputFrame, type InputFrameProps, inputLook } from './input-frame.tsx';

export type TextInputProps = InputFrameProps;

/** One line of text. Inside a `Field` it needs no label of its own; what stands outside of fields is a `LoneInput`. */
export function TextInput({ value, onChange, mono, icon, end, size, className, ...rest }: TextInputProps) {
  return (
    <InputFrame icon={icon} end={end} className={className}>
      <Input
        autoComplete="off"
        {...rest}
        value={value}
        onValueChange={onChange}
        className={inputLook({ mono, icon, end, size })}
      />
    </InputFrame>
  );
}
