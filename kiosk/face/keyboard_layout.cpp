#include "kiosk/face/keyboard_layout.hpp"

#include <algorithm>

#include "kiosk/desk/query.hpp"

namespace lanyard::kiosk {
namespace {

constexpr KeyboardLayout kLatin{"ABC",
                                "",
                                10,
                                {"q w e r t y u i o p", "a s d f g h j k l '", "z x c v b n m -"},
                                {"Q W E R T Y U I O P", "A S D F G H J K L '", "Z X C V B N M -"}};
constexpr KeyboardLayout kCyrillic{
    "АБВ",
    "ru",
    12,
    {"й ц у к е н г ш щ з х ъ", "ф ы в а п р о л д ж э ё", "я ч с м и т ь б ю -"},
    {"Й Ц У К Е Н Г Ш Щ З Х Ъ", "Ф Ы В А П Р О Л Д Ж Э Ё", "Я Ч С М И Т Ь Б Ю -"}};
// The first of a row stands at the left, whichever way an editor shows it. ذ, which a desk has beside the
// digits, stands at the end of the second.
constexpr KeyboardLayout kArabic{
    "ابت",
    "ar",
    12,
    {"ض ص ث ق ف غ ع ه خ ح ج د", "ش س ي ب ل ا ت ن م ك ط ذ", "ئ ء ؤ ر لا ى ة و ز ظ"},
    {"ض ص ث ق ف غ ع ه خ ح ج د", "ش س ي ب ل ا ت ن م ك ط ذ", "ئ ء ؤ ر لا ى ة و ز ظ"}};
// Syllables are parted by ', as in xi'an.
constexpr KeyboardLayout kPinyin{"拼音",
                                 "zh",
                                 10,
                                 {"q w e r t y u i o p", "a s d f g h j k l ü", "z x c v b n m '"},
                                 {"q w e r t y u i o p", "a s d f g h j k l ü", "z x c v b n m '"}};

// A letter stands in the first family that has it. The capitals are families of their own: a form replaces
// the letter as it was typed.
constexpr auto kFamilies = std::to_array<std::string_view>(
    {// Latin of Europe, Turkey and Azerbaijan, pinyin with its tones, and last that of Viet Nam
     "a á à ä â ã å ą ā ă æ ǎ ạ ả ấ ầ ẩ ẫ ậ ắ ằ ẳ ẵ ặ", "c ç ć č ĉ ċ", "d ď đ ð",
     "e é è ê ë ę ě ē ė ə ĕ ẽ ẹ ẻ ế ề ể ễ ệ", "g ğ ģ ĝ ġ ǧ", "h ħ ĥ", "i í î ï ì ı ī į ĩ ǐ ỉ ị", "j ĵ", "k ķ",
     "l ł ľ ĺ ļ", "n ñ ń ň ņ ŋ", "o ó ö ô ø õ ò ő ō œ ơ ŏ ǒ ọ ỏ ố ồ ổ ỗ ộ ớ ờ ở ỡ ợ", "r ř ŕ ŗ",
     "s ß š ś ş ș ŝ", "t ť ţ ț þ ŧ", "u ü ú ù û ů ű ū ų ŭ ũ ư ǔ ụ ủ ứ ừ ử ữ ự", "w ŵ", "y ý ÿ ŷ ỳ ỵ ỷ ỹ",
     "z ž ź ż", "A Á À Ä Â Ã Å Ą Ā Ă Æ Ǎ Ạ Ả Ấ Ầ Ẩ Ẫ Ậ Ắ Ằ Ẳ Ẵ Ặ", "C Ç Ć Č Ĉ Ċ", "D Ď Đ Ð",
     "E É È Ê Ë Ę Ě Ē Ė Ə Ĕ Ẽ Ẹ Ẻ Ế Ề Ể Ễ Ệ", "G Ğ Ģ Ĝ Ġ Ǧ", "H Ħ Ĥ", "I Í Î Ï Ì İ Ī Į Ĩ Ǐ Ỉ Ị", "J Ĵ", "K Ķ",
     "L Ł Ľ Ĺ Ļ", "N Ñ Ń Ň Ņ Ŋ", "O Ó Ö Ô Ø Õ Ò Ő Ō Œ Ơ Ŏ Ǒ Ọ Ỏ Ố Ồ Ổ Ỗ Ộ Ớ Ờ Ở Ỡ Ợ", "R Ř Ŕ Ŗ",
     "S Š Ś Ş Ș Ŝ", "T Ť Ţ Ț Þ Ŧ", "U Ü Ú Ù Û Ů Ű Ū Ų Ŭ Ũ Ư Ǔ Ụ Ủ Ứ Ừ Ử Ữ Ự", "W Ŵ", "Y Ý Ÿ Ŷ Ỳ Ỵ Ỷ Ỹ",
     "Z Ž Ź Ż",
     // Cyrillic: Ukrainian and Belarusian, Serbian and Macedonian, Kazakh, Kyrgyz, Mongolian, Tajik, Tatar,
     // Bashkir
     "а ә ӑ ӓ ӕ", "г ґ ғ ѓ", "д ђ", "е є ѐ ӗ", "ж җ ӂ", "з ҙ ѕ", "и і ї ӣ ѝ ӏ", "й ј", "к қ ҡ ќ", "л љ",
     "н ң њ", "о ө ӧ", "с ҫ", "т ћ", "у ў ұ ү ӯ ӱ ӳ", "х һ ҳ", "ч ҷ џ", "А Ә Ӑ Ӓ Ӕ", "Г Ґ Ғ Ѓ", "Д Ђ",
     "Е Є Ѐ Ӗ", "Ж Җ Ӂ", "З Ҙ Ѕ", "И І Ї Ӣ Ѝ Ӏ", "Й Ј", "К Қ Ҡ Ќ", "Л Љ", "Н Ң Њ", "О Ө Ӧ", "С Ҫ", "Т Ћ",
     "У Ў Ұ Ү Ӯ Ӱ Ӳ", "Х Һ Ҳ", "Ч Ҷ Џ",
     // Arabic: its own forms, then Persian, Urdu, Pashto, Kurdish, Uyghur, and the Maghreb's
     "ا أ إ آ ٱ", "ب پ", "ت ٹ ټ", "ج چ", "ح ځ څ", "د ڈ ډ", "ر ڑ ړ ڕ", "ز ژ ږ", "ش ښ", "ف ڤ", "ق ڨ",
     "ك ک گ ګ ڭ", "ل ڵ", "ن ں ڼ", "ه ھ ە ہ ۀ", "و ۆ ۇ ۋ ۈ", "ي ی ے ې ۍ ێ"});

constexpr char kBlank = ' ';

}  // namespace

const KeyboardLayout& layout_of(Keyboard keyboard) {
  switch (keyboard) {
    case Keyboard::latin:
      break;
    case Keyboard::cyrillic:
      return kCyrillic;
    case Keyboard::arabic:
      return kArabic;
    case Keyboard::pinyin:
      return kPinyin;
  }
  return kLatin;
}

Keyboard usual_keyboard(std::string_view language) {
  if (language == "ru") return Keyboard::cyrillic;
  if (language == "ar") return Keyboard::arabic;
  if (language == "zh") return Keyboard::pinyin;
  return Keyboard::latin;
}

bool begins_name(std::string_view query) {
  return query.empty() || query.back() == ' ' || query.back() == '-' || query.back() == '\'';
}

std::vector<std::string_view> letters_of(std::string_view row) {
  std::vector<std::string_view> letters;
  while (!row.empty()) {
    const std::size_t end = std::min(row.find(kBlank), row.size());
    letters.push_back(row.substr(0, end));
    row.remove_prefix(std::min(end + 1, row.size()));
  }
  return letters;
}

std::vector<std::string_view> forms_of(std::string_view letter) {
  if (letter.empty() || letter.front() == kBlank) return {};
  for (const std::string_view family : kFamilies) {
    if (family.find(letter) == std::string_view::npos) continue;
    std::vector<std::string_view> forms = letters_of(family);
    // A stray byte is found within a letter, and is none.
    if (std::ranges::find(forms, letter) != forms.end()) return forms;
  }
  return {};
}

}  // namespace lanyard::kiosk
