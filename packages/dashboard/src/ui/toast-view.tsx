import { Toast as Base } from '@base-ui/react/toast';
import { CircleAlert, CircleCheck, Info, X } from 'lucide-react';
import { useEffect } from 'react';
import { buttonLook } from './button-look.ts';
import { cx } from './class-names.ts';
import type { ToastText } from './toast-text.ts';

interface ToastData {
  readonly tone: NonNullable<ToastText['tone']>;
}

const manager = Base.createToastManager<ToastData>();
const ICONS = { neutral: Info, on: CircleCheck, danger: CircleAlert } as const;
const INKS = { neutral: 'text-soft', on: 'text-on-text', danger: 'text-danger-text' } as const;

/** Adds one; returns what closes it. */
export function addToast({ title, detail, tone = 'neutral', action, timeoutMs }: ToastText): () => void {
  const id = manager.add({
    title,
    ...(detail === undefined ? {} : { description: detail }),
    timeout: timeoutMs ?? (action === undefined ? 6_000 : 10_000),
    priority: tone === 'danger' ? 'high' : 'low',
    data: { tone },
    ...(action === undefined
      ? {}
      : {
          actionProps: {
            children: action.label,
            onClick: () => {
              manager.close(id);
              action.onAction();
            },
          },
        }),
  });
  return () => manager.close(id);
}

/** The corner in which toasts appear; `onReady` is called once they can be added. */
export function ToastView({ onReady }: { readonly onReady: () => void }) {
  useEffect(onReady, [onReady]);
  return (
    <Base.Provider toastManager={manager} limit={4}>
      <Base.Portal>
        <Base.Viewport className="fixed inset-x-4 bottom-[calc(1rem+var(--foot,0rem))] z-50 flex flex-col items-end gap-2 max-lg:bottom-[calc(5rem+var(--foot,0rem))] sm:left-auto sm:w-88">
          <ToastList />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function ToastList() {
  const { toasts } = Base.useToastManager<ToastData>();
  return toasts.map((toast) => {
    const tone = toast.data?.tone ?? 'neutral';
    const Icon = ICONS[tone];
    return (
      <Base.Root
        key={toast.id}
        toast={toast}
        data-toast
        // It is hidden from nobody: its buttons take the focus.
        aria-hidden={false}
        className="w-full rounded-lg bg-raised shadow-pop transition-[opacity,transform] duration-200 ease-out data-ending-style:opacity-0 data-limited:hidden data-starting-style:translate-y-2 data-starting-style:opacity-0"
      >
        <Base.Content className="flex items-start gap-2.5 p-3">
          <Icon className={cx('mt-0.5 size-4 shrink-0', INKS[tone])} aria-hidden="true" />
          <div className="min-w-0 flex-1">
            <Base.Title className="font-medium" />
            <Base.Description className="wrap-break-word text-soft" />
          </div>
          <Base.Action className={cx(buttonLook('secondary', 'sm'), '-my-1')} />
          <Base.Close
            aria-label="Close"
            aria-hidden={false}
            className={cx(buttonLook('ghost', 'sm', true), '-my-1 -mr-1')}
          >
            <X className="size-3.5" aria-hidden="true" />
          </Base.Close>
        </Base.Content>
      </Base.Root>
    );
  });
}
