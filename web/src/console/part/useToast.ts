import { toast, type ToastItem } from '@/ui/toast'

/** News a row cannot show by itself: one line at the foot of the window, at most one at a time. */
export function useToast() {
  return {
    done: (text: string, action?: ToastItem['action']) => toast(text, 'good', action),
    failed: (text: string, action?: ToastItem['action']) => toast(text, 'bad', action),
  }
}
