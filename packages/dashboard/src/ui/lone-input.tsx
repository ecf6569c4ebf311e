import { InputFrame, type InputFrameProps, inputLook } from './input-frame.tsx';

export interface LoneInputProps extends InputFrameProps {
  readonly 'aria-label': string;
}

/** One line of text outside of a `Field`: a search, a list that is added to. It needs nothing of the forms' code, which comes later. */
export function LoneInput({ value, onChange, mono, icon, end, size, className, ...rest }: LoneInputProps) {
  return (
    <InputFrame icon={icon} end={end} className={className}>
      <input
        autoComplete="off"
        {...rest}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className={inputLook({ mono, icon, end, size })}
      />
    </InputFrame>
  );
}
