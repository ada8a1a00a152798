#!/usr/bin/env bash
# The arrows of the house: kiosk -> scanner, kiosk -> sync, and no others; and each foreign header behind its doors.
#   check_layers.sh [FOLDER]     of the project, else where this script stands
set -euo pipefail
cd "${1:-$(dirname "$(readlink -f "$0")")/..}"
bad=0

# refuse FOLDER PATTERN WHY [FILE...]: no line of FOLDER but in FILEs may match.
refuse() {
  local folder=$1 pattern=$2 why=$3 found
  shift 3
  found=$(grep -rnE --include='*.cpp' --include='*.hpp' "$pattern" "$folder" || true)
  for file in "$@"; do found=$(printf '%s' "$found" | grep -v "^$file:" || true); done
  if [ -n "$found" ]; then
    printf '%s:\n%s\n' "$why" "$found"
    bad=1
  fi
}
inc='^[[:space:]]*#[[:space:]]*include[[:space:]]*'

refuse scanner "$inc[<\"](sync|kiosk|tests)/" "scanner knows neither sync nor kiosk"
refuse sync "$inc[<\"](scanner|kiosk|tests)/" "sync knows neither scanner nor kiosk"
refuse kiosk "$inc[<\"]tests/" "the product does not know its tests"
# But for the hub's own program, which is put together where the rulebook is.
refuse kiosk "$inc[<\"]sync/hub/" "the kiosk does not know the hub's inside" kiosk/hub_main.cpp kiosk/explain_command.hpp
refuse sync "${inc}<date/" "time zones have one door" sync/time_zone.cpp
refuse sync "${inc}<simdjson" "JSON is read in sync/wire_json.cpp" sync/wire_json.cpp
refuse kiosk/desk "$inc[<\"]kiosk/(face|badge|gate)/" "the desk knows neither face nor badge nor gate"
refuse kiosk/desk "$inc[<\"]scanner/" "the desk knows no camera"
refuse kiosk/voice "$inc[<\"]kiosk/(face|badge)/" "the voice says what it is told"
refuse kiosk/gate "$inc[<\"](scanner/|kiosk/([^g]|g[^a]|ga[^t]|gat[^e]|gate[^/]))" "the gate knows nothing of the kiosk"
refuse kiosk/face "$inc[<\"]kiosk/voice/" "the face is silent"
refuse kiosk/badge "$inc[<\"]kiosk/(face|desk)/" "the badge knows neither face nor desk"
refuse kiosk/face "$inc[<\"]kiosk/(badge|config|journal|print|kiosk_loop)" "the face knows the desk's state alone"

product="scanner sync kiosk"
for folder in $product; do
  refuse "$folder" "${inc}[<\"]ZXing/" "ZXing stays in scanner/engine.cpp" scanner/engine.cpp
  refuse "$folder" "${inc}<(jpeglib|png)\.h" "pictures have their doors" scanner/picture.cpp \
    scanner/picture_jpeg.cpp kiosk/face/png_file.cpp kiosk/badge/pixels.cpp
  refuse "$folder" "${inc}<webp/" "WebP stays in scanner/picture_webp.cpp" scanner/picture_webp.cpp
  refuse "$folder" "${inc}<linux/videodev2" "V4L2 stays with its camera" scanner/v4l2_device.hpp \
    scanner/v4l2_mode.cpp
  refuse "$folder" "${inc}<(linux/input|termios)" "hand scanners have their readers" scanner/hid_reader.cpp \
    scanner/hid_keys.cpp scanner/serial_reader.cpp
  refuse "$folder" "${inc}<curl/" "curl stays in sync/http_client.cpp" sync/http_client.cpp
  refuse "$folder" "${inc}<boost/(beast|asio)" "Beast stays in the hub's server" sync/hub/http_session.hpp \
    sync/hub/http_stream.hpp
  refuse "$folder" "${inc}<spdlog/" "spdlog stays in sync/log.cpp" sync/log.cpp
  refuse "$folder" "${inc}<zstd" "zstd stays in sync/content_coding.cpp" sync/content_coding.cpp
  refuse "$folder" "${inc}<gdk-pixbuf" "gdk-pixbuf stays in sync/hub/photo_picture.cpp" sync/hub/photo_picture.cpp
  refuse "$folder" "${inc}<openssl/" "OpenSSL stays in sync/hub/tls_identity.cpp" sync/hub/tls_identity.cpp
  refuse "$folder" "${inc}<(pqxx/|libpq)" "libpqxx stays in sync/hub/postgres_link.cpp" sync/hub/postgres_link.cpp
  refuse "$folder" "${inc}<cups/" "CUPS has its doors: the printer, its words and its raster" kiosk/badge/printer_ipp.cpp kiosk/badge/ipp_words.hpp \
    kiosk/badge/pixels.cpp
  refuse "$folder" "${inc}<alsa/" "ALSA stays in kiosk/voice/loudspeaker.cpp" kiosk/voice/loudspeaker.cpp
  refuse "$folder" "${inc}<gpiod" "libgpiod stays behind the gate's lines" kiosk/gate/lines_gpiod1.cpp \
    kiosk/gate/lines_gpiod2.cpp
  refuse "$folder" "${inc}<qrencode" "libqrencode stays in kiosk/badge/qr_code.cpp" kiosk/badge/qr_code.cpp
  refuse "$folder" "${inc}<librsvg/" "librsvg has two doors: the screen's and the page's" kiosk/badge/badge.cpp \
    kiosk/face/svg_picture.cpp
  refuse "$folder" "${inc}<pugixml" "SVG is read in kiosk/badge" kiosk/badge/artwork.cpp kiosk/badge/svg_style.hpp \
    kiosk/badge/svg_safety.hpp kiosk/badge/text_places.hpp
  refuse "$folder" "${inc}<pango/" "Pango has two doors: the screen's and the page's" kiosk/face/text.cpp \
    kiosk/face/pango_layout.cpp kiosk/badge/badge_text.cpp
  refuse "$folder" "${inc}<GLFW/" "GLFW stays with the window and what people do there" kiosk/face/window.cpp \
    kiosk/face/input.cpp
  refuse "$folder" "${inc}<imgui" "ImGui has five doors: its brush, its window, its shapes, and who takes them" \
    kiosk/face/window.cpp kiosk/face/canvas.cpp kiosk/face/input.cpp kiosk/face/shapes.cpp \
    kiosk/face/painter_card.cpp kiosk/face/painter_processor.cpp
  refuse "$folder" "${inc}<GL/" "OpenGL stays with who draws by a card" kiosk/face/painter_card.cpp \
    kiosk/face/gl_textures.cpp
  refuse "$folder" "${inc}<X11/" "Xlib stays in kiosk/face/panel_x11.cpp" kiosk/face/panel_x11.cpp
  refuse "$folder" "${inc}<wayland" "Wayland has two doors: the picture and the touch" kiosk/face/panel_wayland.cpp \
    kiosk/face/touch_wayland.cpp
  refuse "$folder" "${inc}<unicode/" "ICU has three doors: the search, the phrases and the pinyin keys" sync/search_key.cpp \
    kiosk/face/phrases.cpp kiosk/face/pinyin.cpp
  refuse "$folder" "${inc}<boost/locale" "Boost.Locale stays in kiosk/face/phrases.cpp" kiosk/face/phrases.cpp
done
# Debian 12's library brings <algorithm> along where Debian 13's does not.
bare=$(grep -rlE --include='*.cpp' --include='*.hpp' 'std::ranges::' . --exclude-dir=build | xargs grep -L '<algorithm>' || true)
if [ -n "$bare" ]; then
  printf 'std::ranges without <algorithm>:\n%s\n' "$bare"
  bad=1
fi
sqlite=$(cd sync && ls sqlite_file.* store*.cpp store_inside.hpp hub/*sqlite* 2>/dev/null | sed 's|^|sync/|')
for folder in $product; do
  # shellcheck disable=SC2086
  refuse "$folder" "${inc}<(sqlite3|SQLiteCpp)" "SQLite stays with the two stores" $sqlite
done

# Pure files: no clock, no randomness, no environment, no I/O, no threads.
for file in kiosk/desk/decide.cpp kiosk/desk/flow.cpp kiosk/desk/flow_staff.cpp kiosk/desk/flow_search.cpp kiosk/desk/query.cpp kiosk/desk/flow_record.cpp kiosk/desk/flow_assist.cpp kiosk/desk/flow_status.cpp kiosk/desk/other_entrances.cpp kiosk/gate/gate_step.cpp kiosk/gate/gate_word.cpp sync/record.cpp sync/merge.cpp sync/order.cpp sync/hub_clock.cpp \
  sync/plan.cpp sync/chain.cpp sync/salvage.cpp sync/sqlite_pages.cpp \
  sync/credential.cpp sync/pretix_secret.cpp sync/public_key.cpp sync/base64.cpp scanner/debounce.cpp scanner/hand_scanner.cpp scanner/hid_keys.cpp; do
  if found=$(grep -nE '::now\(|getenv|\brand\(|randombytes|std::thread|std::ofstream|std::ifstream|sleep' "$file"); then
    printf '%s is pure, and these lines are not:\n%s\n' "$file" "$found"
    bad=1
  fi
done
if grep -rnE 'catch \(\.\.\.\)' --include='*.cpp' --include='*.hpp' $product | grep -v '_main.cpp:\|/main.cpp:'; then
  echo 'catch (...) stands in mains alone'
  bad=1
fi
exit $bad
