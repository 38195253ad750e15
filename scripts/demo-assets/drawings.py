"""Product drawings that the art folder does not hold, in its manner."""


def scene(light, dark, body, defs=""):
    """Put body on the common ground: light falls from the upper left."""
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200"><defs>
<radialGradient id="bg" cx=".32" cy=".18" r="1.05"><stop offset="0" stop-color="{light}"/><stop offset="1" stop-color="{dark}"/></radialGradient>
<filter id="soft" x="-40%" y="-40%" width="180%" height="180%"><feGaussianBlur stdDeviation="9"/></filter>
<filter id="near" x="-40%" y="-40%" width="180%" height="180%"><feGaussianBlur stdDeviation="3"/></filter>{defs}</defs>
<rect width="200" height="200" fill="url(#bg)"/><rect y="138" width="200" height="62" fill="{dark}" opacity=".6" filter="url(#soft)"/>
{body}</svg>"""


def across(name, *stops):
    """A gradient from left to right, the turn of a round thing."""
    parts = "".join(f'<stop offset="{o}" stop-color="{c}"/>' for o, c in stops)
    return f'<linearGradient id="{name}" x1="0" y1="0" x2="1" y2="0">{parts}</linearGradient>'


def shadow(x, y, rx, ry=9, colour="#2a1608", opacity=0.4):
    return f'<ellipse cx="{x}" cy="{y}" rx="{rx}" ry="{ry}" fill="{colour}" opacity="{opacity}" filter="url(#soft)"/>'


def han(x, y, size, text, colour, weight=400, family="Noto Serif CJK SC", extra=""):
    return f'<text x="{x}" y="{y}" font-family="{family}" font-size="{size}" font-weight="{weight}" fill="{colour}" text-anchor="middle" {extra}>{text}</text>'


def upright(x, y, size, step, text, colour, weight=700):
    return "".join(han(x, y + i * step, size, c, colour, weight) for i, c in enumerate(text))


def tea_tin():
    tin = across("tin", (0, "#1F3A34"), (0.2, "#4F7A6C"), (0.38, "#7FA595"), (0.7, "#3F6A5C"), (1, "#18302A"))
    cap = across("cap", (0, "#18302A"), (0.3, "#5F8B7C"), (0.6, "#35594E"), (1, "#142823"))
    return scene("#F1F0E4", "#B5B49B", shadow(102, 170, 54) + f"""
<path d="M60,72 V158 q40,16 80,0 V72Z" fill="url(#tin)"/>
<path d="M58,50 V74 q42,15 84,0 V50Z" fill="url(#cap)"/><ellipse cx="100" cy="50" rx="42" ry="11" fill="#6E9A8B"/><ellipse cx="100" cy="49" rx="34" ry="8" fill="#557F71"/>
<path d="M82,92 h36 v54 q-18,5 -36,0Z" fill="#F6EEDC"/>{upright(100, 114, 17, 22, "明前", "#2E4A41")}
<path d="M68,82 V156" stroke="#fff" stroke-opacity=".22" stroke-width="5" stroke-linecap="round"/>""", tin + cap)


def seeds():
    bag = across("bag", (0, "#B98A55"), (0.25, "#E3BE8C"), (0.55, "#D2A66E"), (1, "#9A6E3E"))
    scatter = "".join(
        f'<ellipse cx="{x}" cy="{y}" rx="6.4" ry="3" fill="{c}" transform="rotate({a} {x} {y})"/><path d="M{x-4},{y} h8" stroke="#F3E3C6" stroke-opacity=".7" stroke-width=".9" transform="rotate({a} {x} {y})"/>'
        for x, y, a, c in [(44, 168, 20, "#3A2418"), (58, 176, -30, "#4A3020"), (72, 172, 64, "#2E1B12"), (132, 176, 12, "#3A2418"), (148, 169, -42, "#4A3020"), (160, 176, 30, "#2E1B12"), (118, 180, -12, "#3A2418"), (90, 180, 28, "#4A3020")])
    heap = "".join(
        f'<ellipse cx="{68 + (i * 37) % 66}" cy="{54 + (i * 13) % 15}" rx="7" ry="3.4" fill="{("#3A2418", "#4A3020", "#2E1B12")[i % 3]}" transform="rotate({(i * 53) % 180} {68 + (i * 37) % 66} {54 + (i * 13) % 15})"/>'
        for i in range(34))
    return scene("#FBF0DC", "#D3B488", shadow(102, 170, 60) + f"""<ellipse cx="100" cy="62" rx="42" ry="13" fill="#2A180E"/>{heap}
<path d="M56,60 L62,164 q38,14 76,0 L144,60 q-44,18 -88,0Z" fill="url(#bag)"/>
<path d="M56,60 q44,18 88,0 l-1,9 q-43,17 -86,0Z" fill="#fff" opacity=".22"/>
<circle cx="100" cy="118" r="24" fill="none" stroke="#A8381F" stroke-width="2.4"/>{han(100, 126, 23, "瓜", "#A8381F", 700)}
<path d="M72,84 L76,156" stroke="#fff" stroke-opacity=".25" stroke-width="6" stroke-linecap="round"/>{scatter}""", bag)


def cake():
    def cube(x, y):
        return f"""<path d="M{x},{y} l30,-13 30,13 -30,13Z" fill="#FFF3C4"/><path d="M{x},{y} l30,13 v26 l-30,-13Z" fill="#F2D98E"/><path d="M{x+60},{y} l-30,13 v26 l30,-13Z" fill="#DDBB66"/>
<g fill="#E59A1C"><circle cx="{x+22}" cy="{y-1}" r="1.8"/><circle cx="{x+32}" cy="{y+4}" r="1.6"/><circle cx="{x+38}" cy="{y-4}" r="1.8"/><circle cx="{x+28}" cy="{y-6}" r="1.4"/><circle cx="{x+12}" cy="{y+14}" r="1.5"/><circle cx="{x+46}" cy="{y+18}" r="1.5"/></g>"""
    return scene("#FFF6E2", "#DDBE8C", shadow(100, 164, 74, 11) + """<ellipse cx="100" cy="150" rx="84" ry="22" fill="#B78B57"/><ellipse cx="100" cy="145" rx="84" ry="22" fill="#E7C896"/><ellipse cx="100" cy="144" rx="70" ry="17" fill="#D9B67F"/>"""
                 + cube(40, 118) + cube(100, 118) + cube(70, 106 + 26) + cube(70, 88))


def tote():
    return scene("#F6EFE6", "#CDBBA7", shadow(102, 178, 58) + f"""<path d="M72,70 C70,10 130,10 128,70" fill="none" stroke="#C9B79B" stroke-width="8"/>
<path d="M50,62 H150 L156,176 q-56,10 -112,0Z" fill="url(#cv)"/><path d="M50,62 H150 l.6,10 H49.4Z" fill="#CDBB9E"/>
<path d="M66,70 v100 M134,72 v98" stroke="#B7A384" stroke-opacity=".35" stroke-width="5" filter="url(#near)"/>
<path d="M74,96 h16 l-3,17 a8,8 0 0 1-16,0Z M92,96 h16 l3,17 a11,11 0 0 1-22,0Z M126,96 h-16 l3,17 a8,8 0 0 0 16,0Z" fill="#3A2418"/>{han(100, 152, 22, "吆喝", "#3A2418", 700)}""",
                 across("cv", (0, "#D8C7AA"), (0.3, "#F4EAD6"), (0.65, "#E9DBC0"), (1, "#C4B08E")))


def lamp():
    ribs = "".join(f'<path d="M{100+d*0.62},42 C{100+d*1.25},66 {100+d*1.25},96 {100+d*0.7},120" fill="none" stroke="#8A5A22" stroke-opacity=".5" stroke-width="1.6"/>' for d in (-44, -30, -15, 0, 15, 30, 44))
    return scene("#F7E6C8", "#B98E5E", shadow(100, 174, 48) + f"""<circle cx="100" cy="82" r="86" fill="#FFE6A8" opacity=".45" filter="url(#soft)"/>
<path d="M72,42 C40,66 42,100 68,120 H132 C158,100 160,66 128,42Z" fill="url(#glow)"/>{ribs}
<path d="M60,62 C84,70 116,70 140,62 M52,82 C80,91 120,91 148,82 M58,104 C84,112 116,112 142,104" fill="none" stroke="#8A5A22" stroke-opacity=".45" stroke-width="1.6"/>
<path d="M72,42 h56 v-6 h-56Z M68,120 h64 v6 h-64Z" fill="#7A4C22"/><path d="M97,126 h6 v32 h-6Z" fill="#5A3618"/><path d="M66,170 q0,-13 34,-13 t34,13Z" fill="#6A4220"/>""",
                 '<radialGradient id="glow" cx=".5" cy=".55" r=".65"><stop offset="0" stop-color="#FFF6D2"/><stop offset=".55" stop-color="#FFD585"/><stop offset="1" stop-color="#DE9A45"/></radialGradient>')


def book(title, cover, deep, ink, mark):
    """A book standing a little turned: spine, cover, block of pages."""
    return scene("#F5EEE4", "#C7B6A2", shadow(104, 176, 58) + f"""<path d="M146,36 l10,6 V168 l-10,6Z" fill="#F7F0E0"/><path d="M149,40 v130 M152,41 v128" stroke="#CDBFA6" stroke-width=".8"/>
<path d="M56,34 H146 V176 H56Z" fill="{cover}"/><path d="M46,40 L56,34 V176 L46,170Z" fill="{deep}"/><path d="M56,34 h5 v142 h-5Z" fill="#000" opacity=".14"/><path d="M56,34 H146 V176 H56Z" fill="url(#sheen)"/>
{mark}<rect x="113" y="46" width="22" height="{len(title)*19+9}" fill="#FFF8EA"/>{upright(124, 64, 16, 19, title, ink)}""",
                 '<linearGradient id="sheen" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#fff" stop-opacity=".24"/><stop offset=".5" stop-color="#fff" stop-opacity="0"/><stop offset="1" stop-color="#000" stop-opacity=".14"/></linearGradient>')


def book_lamp():
    return book("灯下集", "#3E5A4A", "#24382D", "#24382D", '<path d="M78,112 l8,-18 h18 l8,18Z" fill="#F3C66A"/><path d="M95,112 v34 M84,146 h22" stroke="#E9DCC0" stroke-width="3"/><ellipse cx="95" cy="132" rx="30" ry="22" fill="#F3C66A" opacity=".16"/>')


def book_food():
    return book("节气食单", "#C9653F", "#8A3E22", "#8A3E22", '<path d="M66,132 h44 c-2,18 -12,26 -22,26 s-20,-8 -22,-26Z" fill="#FFF0DA"/><path d="M78,122 c-5,-8 5,-12 0,-20 M90,122 c-5,-8 5,-12 0,-20 M102,122 c-5,-8 5,-12 0,-20" stroke="#FFF0DA" stroke-width="2.4" fill="none" stroke-linecap="round"/>')


def book_star():
    dots = "".join(f'<circle cx="{x}" cy="{y}" r="{r}" fill="#FFF3D0"/>' for x, y, r in [(70, 70, 1.6), (84, 84, 2.2), (98, 80, 1.8), (104, 98, 2.4), (92, 116, 1.6), (76, 120, 2), (70, 148, 1.4), (96, 154, 1.8), (132, 150, 1.4), (84, 52, 1.2)])
    return book("看星星", "#2B3A67", "#18213F", "#2B3A67", f'<path d="M70,70 L84,84 L98,80 L104,98 L92,116 L76,120" stroke="#FFF3D0" stroke-opacity=".6" stroke-width="1" fill="none"/>{dots}<path d="M56,166 q30,-16 54,-6 t36,-4 V176 H56Z" fill="#141B36"/>')


def ball():
    return scene("#F6E7D6", "#C79A70", shadow(102, 168, 56, 10) + """<circle cx="100" cy="106" r="60" fill="url(#orb)"/>
<g fill="none" stroke="#3A1A0A" stroke-width="2.6"><path d="M44,88 C74,104 126,104 156,88"/><path d="M100,46 C92,84 92,128 100,166"/><path d="M62,60 C86,84 86,128 62,152"/><path d="M138,60 C114,84 114,128 138,152"/></g>
<ellipse cx="78" cy="78" rx="18" ry="12" fill="#fff" opacity=".22" transform="rotate(-32 78 78)"/>""",
                 '<radialGradient id="orb" cx=".36" cy=".3" r=".8"><stop offset="0" stop-color="#F7A35C"/><stop offset=".5" stop-color="#DE7228"/><stop offset=".85" stop-color="#A8480F"/><stop offset="1" stop-color="#7A3208"/></radialGradient>')


def poster():
    beams = "".join(f'<path d="M{x},40 L{x+d-12},150 H{x+d+12}Z" fill="{c}" opacity=".4"/>' for x, d, c in [(72, 22, "#FF6FA8"), (90, 8, "#FFC15A"), (110, -8, "#8AC8FF"), (128, -22, "#B98AFF")])
    return scene("#EFE8EC", "#AF9FAE", shadow(104, 182, 52, 7) + f"""<g transform="rotate(-3 100 104)"><rect x="54" y="28" width="92" height="148" fill="#F8F2E8"/><rect x="59" y="33" width="82" height="122" fill="url(#hall)"/>{beams}
<circle cx="100" cy="84" r="19" fill="#F6D9A0"/><path d="M95,150 v-34 q0,-8 5,-8 t5,8 v34Z M100,106 a6,6 0 1 0 .1,0Z" fill="#0C0814"/><path d="M59,148 q10,-9 20,0 t20,0 20,0 22,0 v7 h-82Z" fill="#0C0814"/>
{han(100, 169, 10, "冬夜专场", "#3A2340", 700)}</g><path d="M90,22 h20 v12 h-20Z" fill="#E9DDB8" opacity=".85" transform="rotate(-3 100 28)"/>""",
                 '<linearGradient id="hall" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#140C2E"/><stop offset=".6" stop-color="#5A2A6E"/><stop offset="1" stop-color="#B4508A"/></linearGradient>')


def star_chart():
    stars = "".join(f'<circle cx="{100 + ((i * 47) % 88 - 44) * 0.95:.1f}" cy="{102 + ((i * 31) % 88 - 44) * 0.95:.1f}" r="{0.7 + (i % 4) * 0.4:.1f}" fill="#FFF3D0"/>' for i in range(46) if (((i * 47) % 88 - 44) ** 2 + ((i * 31) % 88 - 44) ** 2) < 1900)
    ticks = "".join(f'<path d="M100,38 v{6 if i % 3 == 0 else 3}" stroke="#6A5330" stroke-width="1.2" transform="rotate({i * 10} 100 102)"/>' for i in range(36))
    return scene("#F2ECE0", "#BFAE92", shadow(103, 174, 60, 9) + f"""<circle cx="100" cy="102" r="68" fill="#E9D7AE"/><circle cx="100" cy="102" r="68" fill="none" stroke="#B7945A" stroke-width="2"/>{ticks}
<circle cx="100" cy="102" r="54" fill="url(#night)"/>{stars}<g fill="none" stroke="#9FB4E8" stroke-opacity=".5" stroke-width=".9"><circle cx="100" cy="102" r="36"/><circle cx="100" cy="102" r="18"/><path d="M46,102 h108 M100,48 v108"/></g>
<path d="M72,84 L84,92 L96,86 L110,96 L124,92 L128,108 L112,110" stroke="#FFE3A0" stroke-width="1.3" fill="none"/><circle cx="100" cy="102" r="3.4" fill="#C79A4A"/>""",
                 '<radialGradient id="night" cx=".4" cy=".3" r=".9"><stop offset="0" stop-color="#34508F"/><stop offset="1" stop-color="#101A3A"/></radialGradient>')


DRAWINGS = {
    "tea-tin": tea_tin, "melon-seeds": seeds, "osmanthus-cake": cake, "tote": tote, "bamboo-lamp": lamp,
    "book-lamp": book_lamp, "book-food": book_food, "book-star": book_star,
    "basketball": ball, "poster": poster, "star-chart": star_chart,
}
