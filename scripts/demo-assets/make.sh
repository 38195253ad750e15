#!/bin/sh
# Makes the committed media of the demo world from the art beside it.
#
# Needs: go, python3, ffmpeg (libx264, aac), rsvg-convert (librsvg2-bin), dwebp
# and cwebp (webp), convert (ImageMagick), Noto Sans CJK (fonts-noto-cjk).
# The font step also needs npm, and fonttools with brotli for python3 (PYTHON
# names another interpreter).
#
# usage: scripts/demo-assets/make.sh [step ...]
#   steps: clips, covers, products, avatars, icons, font; without one, all of
#   them except font, whose source is fetched with npm.
#   CLIPS="key key" limits clips and covers.
#
# Reads  internal/demo/assets/{frames,art,avatars}
# Writes internal/demo/assets/{clips,covers,products,avatars}, web/public and
#        web/src/ui/fonts
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
assets="$root/internal/demo/assets"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
film="$work/demo-assets"
python=${PYTHON:-python3}

# Width every plate is prepared at: above the finished 540, so that a camera may
# push in before pixels show.
PLATE_WIDTH=720

plates() {
  [ -d "$work/art" ] && return
  mkdir -p "$work/art" "$work/layers"
  (cd "$root" && go build -o "$film" ./scripts/demo-assets)
  for f in "$assets"/frames/*.webp; do
    dwebp -quiet "$f" -o "$work/art/$(basename "$f" .webp).png"
  done
  "$python" "$here/layers.py" "$assets/art/scenes" "$work/layers"
  for f in "$assets"/art/scenes/*.svg "$work"/layers/*.svg; do
    rsvg-convert -w $PLATE_WIDTH "$f" -o "$work/art/$(basename "$f" .svg).png"
  done
  "$film" list | while read -r key _; do
    "$film" caption "$key" > "$work/caption.svg"
    [ -s "$work/caption.svg" ] && rsvg-convert "$work/caption.svg" -o "$work/art/caption-$key.png"
    :
  done
}

chosen() {
  if [ -n "${CLIPS:-}" ]; then
    "$film" list | while read -r key rest; do
      case " $CLIPS " in *" $key "*) echo "$key $rest" ;; esac
    done
  else
    "$film" list
  fi
}

# A key frame every 50 frames and none elsewhere, no B-frames: the files are cut
# into segments and parts without re-encoding, and decode order is show order.
# The set ships inside the binary, so each clip has a size budget: quality is
# aimed for first, and a clip too busy for its budget is encoded again in two
# passes at the rate the budget allows.
BUDGET_SHORT=${BUDGET_SHORT:-176000}
BUDGET_LONG=${BUDGET_LONG:-460000}
AUDIO_BPS=32000

h264() { # h264 OUT ARG...: encodes the master to OUT
  out=$1
  shift
  ffmpeg -v error -nostdin -y -i "$work/master.mkv" -i "$work/sound.wav" \
    -c:v libx264 -profile:v high -preset "${PRESET:-slow}" -threads 2 -tune animation -aq-mode 3 "$@" \
    -g 50 -keyint_min 50 -sc_threshold 0 -bf 0 \
    -colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv \
    -c:a aac -b:a $AUDIO_BPS -ac 1 -ar 48000 -t "$seconds" \
    -map_metadata -1 -fflags +bitexact -flags:v +bitexact -flags:a +bitexact \
    -movflags +faststart "$out"
}

clips() {
  plates
  mkdir -p "$assets/clips"
  chosen | while read -r key frames fps; do
    seconds=$((frames / fps))
    budget=$BUDGET_SHORT
    [ "$seconds" -ge 20 ] && budget=$BUDGET_LONG
    "$film" sound "$key" > "$work/sound.wav"
    "$film" video "$key" "$work/art" |
      ffmpeg -v error -y -f rawvideo -pix_fmt rgb24 -s 540x960 -r "$fps" -i - \
        -vf scale=out_color_matrix=bt709:out_range=tv,format=yuv420p \
        -c:v libx264 -preset ultrafast -qp 0 "$work/master.mkv"
    clip="$assets/clips/$key.mp4"
    h264 "$clip" -crf "${CRF:-32}"
    if [ "$(wc -c < "$clip")" -gt "$budget" ]; then
      # 92 %: the container, and what rate control and AAC overrun.
      rate=$(((budget * 8 * 92 / 100) / seconds - AUDIO_BPS))
      h264 "$work/pass.mp4" -b:v $rate -pass 1 -passlogfile "$work/pass"
      h264 "$clip" -b:v $rate -pass 2 -passlogfile "$work/pass"
    fi
    echo "$key $(wc -c < "$clip")"
  done
}

covers() {
  plates
  mkdir -p "$assets/covers"
  chosen | while read -r key _; do
    "$film" still "$key" "$work/art" 0.02 > "$work/cover.ppm"
    quality=72
    while :; do
      convert "$work/cover.ppm" -strip -interlace Plane -sampling-factor 4:2:0 -quality $quality "$assets/covers/$key.jpg"
      [ "$(wc -c < "$assets/covers/$key.jpg")" -le 30000 ] && break
      quality=$((quality - 4))
    done
  done
}

products() {
  mkdir -p "$work/stills" "$work/products" "$assets/products"
  for f in "$assets"/art/products/*.webp; do
    dwebp -quiet "$f" -o "$work/stills/$(basename "$f" .webp).png"
  done
  dwebp -quiet -crop 60 150 600 600 "$assets/frames/dress.webp" -o "$work/stills/dress.png"
  cp "$assets"/art/products/*.svg "$work/stills/"
  PYTHONDONTWRITEBYTECODE=1 "$python" "$here/products.py" "$work/stills" "$work/products"
  for f in "$work"/products/*.svg; do
    name=$(basename "$f" .svg)
    rsvg-convert -w 480 -h 480 "$f" -o "$work/product.png"
    quality=82
    while :; do
      cwebp -quiet -m 6 -q $quality "$work/product.png" -o "$assets/products/$name.webp"
      [ "$(wc -c < "$assets/products/$name.webp")" -le 12000 ] && break
      quality=$((quality - 6))
    done
  done
}

# Channels wear a face or a thing cut from their own picture.
avatars() {
  plates
  while read -r name plate crop; do
    convert "$work/art/$plate.png" -crop "$crop" +repage -resize 160x160 "$work/avatar.png"
    cwebp -quiet -m 6 -q 80 "$work/avatar.png" -o "$assets/avatars/$name.webp"
  done < "$here/avatars.txt"
  rsvg-convert -w 160 -h 160 "$root/web/public/favicon.svg" -o "$work/avatar.png"
  cwebp -quiet -m 6 -q 86 -noalpha "$work/avatar.png" -o "$assets/avatars/official.webp"
}

icons() { sh "$here/icons.sh" "$root"; }

font() {
  (cd "$work" && npm pack --silent @fontsource-variable/archivo@5.3.0 > /dev/null && tar xzf ./*.tgz)
  mkdir -p "$root/web/src/ui/fonts"
  "$python" "$here/font.py" "$work/package/files/archivo-latin-wdth-normal.woff2" "$root/web/src/ui/fonts/hawker-figures.woff2"
  cp "$work/package/LICENSE" "$root/web/src/ui/fonts/OFL.txt"
}

for step in ${*:-clips covers products avatars icons}; do
  case "$step" in
    clips | covers | products | avatars | icons | font) "$step" ;;
    *) echo "unknown step: $step" >&2; exit 2 ;;
  esac
done
