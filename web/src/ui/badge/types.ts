export type BadgeKind = 'plain' | 'accent' | 'ink' | 'gold' | 'jade' | 'warn' | 'danger' | 'info'
