import { toasts, type Toast } from './toastQueue'

/** News a row cannot show by itself: one line at the foot of the window, at most one at a time. */
export function useToast() {
  return {
    done: (text: string, action?: Toast['action']) => toasts.show(text, 'good', action),
    failed: (text: string, action?: Toast['action']) => toasts.show(text, 'bad', action),
  }
}
