import { Eye, EyeOff } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from './icon-button.tsx';
import { TextInput, type TextInputProps } from './text-input.tsx';

/** A password, hidden until one asks to see it. Tell password managers what it is by `autoComplete`. */
export function PasswordInput(props: Omit<TextInputProps, 'type' | 'end' | 'mono'>) {
  const [isShown, setShown] = useState(false);
  return (
    <TextInput
      autoCapitalize="off"
      autoCorrect="off"
      spellCheck={false}
      {...props}
      type={isShown ? 'text' : 'password'}
      end={
        <IconButton
          size="sm"
          label={isShown ? 'Hide the password' : 'Show the password'}
          icon={isShown ? EyeOff : Eye}
          onClick={() => setShown(!isShown)}
          disabled={props.disabled ?? false}
        />
      }
    />
  );
}
