#!/bin/sh
# Every phrase of the face is in the template, and translated, without "fuzzy", in every catalogue; placeholders stay.
# Usage: catalogue_test.sh SOURCE_DIR SCRATCH_DIR [--update]
# With --update the template is written anew and merged into the catalogues, for the translator to fill in.
set -eu
source_dir=$1
scratch=$2
locale=$source_dir/assets/locale
mkdir -p "$scratch"
cd "$source_dir"
xgettext --from-code=UTF-8 --language=C++ --no-location --sort-output --package-name=Lanyard \
  --copyright-holder='the Lanyard authors' --msgid-bugs-address=none --keyword --keyword=say:1 --keyword=say_in:1c,2 \
  --keyword=plural:1,2 --keyword=mark:1 --keyword=mark_in:1c,2 -o "$scratch/found.pot" kiosk/face/*.cpp \
  kiosk/narrator.cpp
sed -i -e '/^"POT-Creation-Date:/d' -e '1,/^$/{/^#/d}' -e 's/charset=CHARSET/charset=UTF-8/' "$scratch/found.pot"

if [ "${3-}" = --update ]; then
  cp "$scratch/found.pot" "$locale/lanyard.pot"
  for po in "$locale"/*/lanyard.po; do
    msgmerge --quiet --update --backup=none --no-fuzzy-matching --sort-output "$po" "$locale/lanyard.pot"
  done
  exit 0
fi

failed=0
if [ -n "$(msgcomm --unique --omit-header "$scratch/found.pot" "$locale/lanyard.pot")" ]; then
  echo "assets/locale/lanyard.pot is not what the code says: run $0 SOURCE_DIR SCRATCH_DIR --update" >&2
  failed=1
fi
for po in "$locale"/*/lanyard.po; do
  msgfmt --check-format --check-domain -o /dev/null "$po" || failed=1
  # Fails on what is missing, empty or fuzzy.
  msgcmp "$po" "$scratch/found.pot" || failed=1
  python3 - "$po" <<'PY' || failed=1
import ast, re, sys
# Every {placeholder} of the English stands in the translation, and no other. Where a language has more than two
# forms of a plural, one that stands for a single number may say it as a word.
wrong, entry = [], {}
def done():
    ids = set(re.findall(r"\{\w+\}", entry.get("msgid", "") + entry.get("msgid_plural", "")))
    for key, text in entry.items():
        said = set(re.findall(r"\{\w+\}", text))
        as_word = "msgstr[3]" in entry and key in ("msgstr[1]", "msgstr[2]") and said == ids - {"{n}"}
        if key.startswith("msgstr") and entry.get("msgid") and said != ids and not as_word:
            wrong.append(entry["msgid"])
key = None
for line in open(sys.argv[1], encoding="utf-8"):
    line = line.strip()
    if not line or line.startswith("#"):
        done(); entry, key = {}, None
        continue
    match = re.match(r'(\w+(?:\[\d+\])?)\s+(".*")$', line)
    if match:
        key = match.group(1); entry[key] = ast.literal_eval(match.group(2))
    elif key:
        entry[key] += ast.literal_eval(line)
done()
for text in wrong:
    print(f"{sys.argv[1]}: placeholders differ: {text}", file=sys.stderr)
sys.exit(bool(wrong))
PY
done
exit $failed
