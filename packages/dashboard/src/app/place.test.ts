import { describe, expect, it } from 'vitest';
import { placeOf } from './place.ts';

const at = (address: string) => {
  const [pathname = '', search = ''] = address.split('?');
  return placeOf({ pathname, search });
};

describe('where the program is opened', () => {
  it('is the whole list also when it is looked at in one environment, and a narrowed one otherwise', () => {
    expect(at('/projects/shop/flags?env=staging')).toMatchObject({ isList: true, isWholeList: true, flag: null });
    expect(at('/projects/shop/flags/')).toMatchObject({ isList: true, isWholeList: true });
    expect(at('/projects/shop/flags?q=x')).toMatchObject({ isList: true, isWholeList: false });
  });

  it('is a flag with the environment of the address', () => {
    expect(at('/projects/a%20b/flags/check%2Fout?env=prod')).toMatchObject({
      project: 'a b',
      flag: 'check/out',
      environment: 'prod',
      isList: false,
    });
  });

  it('is no flag where one is made', () => {
    expect(at('/projects/shop/flags/new')).toMatchObject({ flag: null, isList: false });
  });

  it('asks for nothing where nobody is signed in, and for no project elsewhere', () => {
    expect(at('/sign-in?to=%2Fprojects%2Fshop%2Fflags')).toBe('alone');
    expect(at('/account')).toBeNull();
    expect(at('/projects/%E0%A4%A/flags')).toBeNull();
  });
});
