import { toast, type ToastAction } from '@/ui/toast/toast'

/** News a row cannot show by itself: one line at the foot of the window, at most one at a time. */
export function useToast() {
  return {
    done: (text: string, action?: ToastAction) => toast(text, 'good', action),
    failed: (text: string, action?: ToastAction) => toast(text, 'bad', action),
  }
}
