#!/usr/bin/env python3
"""Lay out the forty product pictures of the demo world as SVG, one file each.

usage: products.py ART OUT

ART holds the drawn cut-outs (product-*.svg) and photographs (NAME.png, square).
A picture is a photograph, a drawing, a drawing dyed another colour, or one of
the drawings of this file, made on the same ground: light from the upper left,
one soft shadow, warm paper behind.
"""
import base64
import colorsys
import re
import sys
from pathlib import Path

from drawings import DRAWINGS

PHOTOS = {
    "bowl-celadon": "bowl0", "bowl-white": "bowl1", "bowl-red": "bowl2", "bowl-set": "set",
    "teapot-red": "pot", "lychee": "lychee", "mango": "mango", "navel-orange": "orange",
    "peach": "peach", "chestnut": "nut", "bun": "bun", "dress-persimmon": "dress",
}

# drawing, turn of the hue in degrees, factor of saturation, factor of lightness
DYED = {
    "teapot-purple": ("pot", 0, 1, 1),
    "cup-pair": ("cup", 0, 1, 1),
    "strawberry": ("berry", 0, 1, 1),
    "dried-persimmon": ("persimmon", 0, 1, 1),
    "qingtuan": ("persimmon", 80, 0.5, 0.86),
    "pinafore-rust": ("dress", 0, 1, 1),
    "pinafore-navy": ("dressNavy", 0, 1, 1),
    "pinafore-olive": ("dressOlive", 0, 1, 1),
    "knit-oat": ("knit", 0, 1, 1),
    "knit-brick": ("knit", -22, 1.6, 0.72),
    "knit-moss": ("knit", 50, 0.62, 0.62),
    "scarf-blue": ("scarf", 0, 1, 1),
    "scarf-red": ("scarf", 142, 1.25, 0.86),
    "jam-orange": ("jam", 0, 1, 1),
    "jam-strawberry": ("jam", -34, 1.0, 0.88),
    "honey-osmanthus": ("jam", 10, 0.9, 1.12),
    "basket": ("basket", 0, 1, 1),
}


def photo(png):
    data = base64.b64encode(png.read_bytes()).decode()
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 200 200">'
        f'<image width="200" height="200" preserveAspectRatio="xMidYMid slice" xlink:href="data:image/png;base64,{data}"/></svg>'
    )


def dye(svg, turn, saturation, lightness):
    """Turn every colour of the drawn thing; the ground, its first two rects, stays."""
    cut = [m.end() for m in re.finditer(r"<rect[^>]*/>", svg)][1]

    def shift(match):
        code = match.group(1)
        if len(code) == 3:
            code = "".join(c * 2 for c in code)
        r, g, b = (int(code[i : i + 2], 16) / 255 for i in (0, 2, 4))
        h, l, s = colorsys.rgb_to_hls(r, g, b)
        r, g, b = colorsys.hls_to_rgb((h + turn / 360) % 1, min(1, l * lightness), min(1, s * saturation))
        return "#%02X%02X%02X" % tuple(round(v * 255) for v in (r, g, b))

    return svg[:cut] + re.sub(r"#([0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})\b(?=\")", shift, svg[cut:])


def main(art, out):
    art, out = Path(art), Path(out)
    out.mkdir(parents=True, exist_ok=True)
    for name, source in PHOTOS.items():
        (out / f"{name}.svg").write_text(photo(art / f"{source}.png"))
    for name, (source, turn, saturation, lightness) in DYED.items():
        svg = (art / f"product-{source}.svg").read_text()
        if (turn, saturation, lightness) != (0, 1, 1):
            svg = dye(svg, turn, saturation, lightness)
        (out / f"{name}.svg").write_text(svg)
    for name, draw in DRAWINGS.items():
        (out / f"{name}.svg").write_text(draw())


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
