import type { IconName } from '@/ui/icons/shapes'

export interface TabItem { key: string; to: string; label: string; icon: IconName; /** The raised stall in the middle. */ plus?: boolean; /** Waiting things; 0 shows nothing. */ badge?: number }
