/** What the chip shows of a product; any product card of the wire fits. */
export interface ChipProduct { title: string; imageUrl: string; priceMinor: number }

/** The chip speaks the words of the screen it stands on. */
export interface ChipWords { act: string; /** After the price, e.g. how many were sold. */ note?: string; /** In place of the price when it cannot be bought. */ gone?: string }
