/** How both drivers turn column values into JavaScript: bigint as number (ours stay below 2^53), timestamps as ISO text. */
import pg from 'pg';

const { INT8, TIMESTAMPTZ } = pg.types.builtins;

export const typeParsers: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => {
    if (oid === INT8) return Number;
    if (oid === TIMESTAMPTZ) return (text: string) => new Date(text).toISOString();
    return pg.types.getTypeParser(oid, format);
  },
};
