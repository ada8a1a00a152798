#include "sync/hub/column_names.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>

namespace lanyard::sync::hub {

namespace {

struct Named {
  std::string_view field;
  std::string_view names;  // separated by '|', as people write them
};

// English, French, Spanish, Russian, Chinese (simplified and traditional), Arabic.
constexpr auto kColumnNames = std::to_array<Named>({
    {"id",
     "id|attendee id|registration id|registration number|registration no|reg no|participant id|badge "
     "number|badge id|"
     "reference|reference number|order code|ticket id|"
     "identifiant|numéro|n°|no|numéro d'inscription|n° d'inscription|numéro de badge|référence|matricule|"
     "identificador|número|nº|número de inscripción|número de registro|número de credencial|referencia|"
     "ид|номер|№|идентификатор|регистрационный номер|номер регистрации|номер участника|номер бейджа|"
     "编号|序号|注册号|注册编号|登记号|参会编号|证件号|证件编号|編號|註冊編號|"
     "الرقم|رقم|المعرف|رقم التسجيل|رقم المشارك|رقم الشارة|رقم البطاقة"},
    {"name",
     "name|full name|display name|attendee name|attendee|participant name|participant|badge name|name on "
     "badge|"
     "nom complet|nom et prénom|prénom et nom|nom|participant(e)|nom du participant|nom sur le badge|"
     "nombre completo|nombre y apellidos|nombre y apellido|apellidos y nombre|nombre|participante|"
     "фио|ф.и.о.|полное имя|имя и фамилия|фамилия и имя|фамилия, имя|фамилия имя отчество|имя|участник|"
     "имя участника|"
     "姓名|全名|名字|参会者|参会者姓名|参加者|与会者|參會者|代表姓名|"
     "الاسم|اسم|الاسم الكامل|الاسم بالكامل|اسم المشارك|الاسم واللقب|المشارك"},
    {"given_name",
     "given name|given names|first name|firstname|forename|first names|"
     "prénom|prénoms|nombre|nombres|nombre de pila|primer nombre|имя|имя отчество|имя и отчество|"
     "名|名字|الاسم الأول|الاسم الشخصي|الاسم"},
    {"family_name",
     "family name|last name|lastname|surname|family names|"
     "nom|nom de famille|apellido|apellidos|primer apellido|фамилия|"
     "姓|姓氏|اسم العائلة|اللقب العائلي|الكنية|الاسم الأخير|العائلة"},
    {"name_native",
     "name_native|native name|name in native script|name in own script|local name|original name|"
     "nom d'origine|nom dans l'écriture d'origine|nom natif|"
     "nombre original|nombre en escritura original|nombre nativo|"
     "имя на родном языке|фио на родном языке|имя в оригинале|"
     "中文姓名|本地姓名|母语姓名|原文姓名|本国文字姓名|"
     "الاسم بالعربية|الاسم باللغة الأصلية|الاسم الأصلي"},
    {"name_sort",
     "name_sort|sort name|sorting name|name for sorting|nom de tri|nom pour le tri|nombre para ordenar|"
     "имя для сортировки|фио для сортировки|排序姓名|排序名|اسم الفرز|الاسم للفرز"},
    {"title",
     "title|job title|position|function|functional title|role title|designation|"
     "titre|fonction|poste|intitulé du poste|qualité|"
     "título|cargo|puesto|función|"
     "должность|звание|"
     "职务|职位|头衔|职称|職務|職稱|"
     "المنصب|الوظيفة|المسمى الوظيفي|اللقب|الصفة"},
    {"organisation",
     "organisation|organization|company|institution|employer|affiliation|entity|org|"
     "organisme|société|entreprise|établissement|employeur|institution d'appartenance|"
     "organización|empresa|institución|entidad|organismo|"
     "организация|компания|учреждение|предприятие|место работы|"
     "单位|机构|组织|公司|工作单位|所属机构|單位|機構|組織|"
     "المنظمة|المؤسسة|الشركة|الجهة|جهة العمل|الهيئة"},
    {"delegation",
     "delegation|delegation id|delegation code|délégation|code de la délégation|delegación|código de "
     "delegación|"
     "делегация|код делегации|代表团|代表团编号|代表團|الوفد|رمز الوفد"},
    {"category",
     "category|categories|type|participant type|attendee type|badge type|badge category|ticket "
     "type|participant "
     "category|"
     "catégorie|type de participant|type de badge|catégorie de participant|"
     "categoría|tipo|tipo de participante|tipo de credencial|"
     "категория|тип|тип участника|категория участника|тип бейджа|"
     "类别|类型|参会类别|人员类别|证件类型|證件類型|類別|"
     "الفئة|فئة|النوع|نوع المشارك|فئة المشارك|نوع الشارة"},
    {"zones",
     "zones|zone|access zones|areas|access|access areas|zones d'accès|accès|zonas|zonas de acceso|acceso|"
     "зоны|зоны доступа|доступ|зона|区域|通行区域|准入区域|可进入区域|區域|المناطق|مناطق الدخول|المنطقة"},
    {"languages",
     "languages|language|preferred language|langues|langue|langue préférée|idiomas|idioma|lengua|idioma "
     "preferido|"
     "языки|язык|предпочитаемый язык|语言|语种|首选语言|語言|اللغات|اللغة|اللغة المفضلة"},
    {"access_needs",
     "access_needs|accessibility|accessibility needs|accessibility requirements|special needs|"
     "besoins d'accessibilité|accessibilité|besoins particuliers|"
     "necesidades de acceso|accesibilidad|necesidades especiales|"
     "потребности в доступности|доступная среда|особые потребности|"
     "无障碍需求|无障碍|特殊需要|無障礙需求|احتياجات الوصول|إمكانية الوصول|الاحتياجات الخاصة"},
    {"companion_of",
     "companion_of|companion of|accompanies|accompanying|guest of|"
     "accompagne|accompagnant de|accompagnateur de|acompaña a|acompañante de|"
     "сопровождает|сопровождающий|陪同对象|随行对象|陪同|مرافق لـ|مرافق|يرافق"},
    {"status",
     "status|registration status|approval|approval status|accreditation status|"
     "statut|état|statut de l'inscription|statut d'accréditation|"
     "estado|estatus|estado de la inscripción|estado de acreditación|"
     "статус|состояние|статус регистрации|статус аккредитации|"
     "状态|审核状态|注册状态|狀態|الحالة|حالة التسجيل|حالة الاعتماد"},
    {"valid_from",
     "valid_from|valid from|valable à partir du|valable du|valide à partir du|válido desde|válida desde|"
     "действителен с|действует с|有效期起|生效时间|صالح من|صالحة من"},
    {"valid_until",
     "valid_until|valid until|valid to|expires|valable jusqu'au|valide jusqu'au|válido hasta|válida hasta|"
     "действителен до|действует до|有效期止|失效时间|صالح حتى|صالحة حتى"},
    {"credential",
     "credential|barcode|bar code|qr code|qr|ticket code|ticket secret|secret|badge code|"
     "code-barres|code qr|code du billet|código de barras|código qr|código de la entrada|"
     "штрихкод|штрих-код|qr-код|код билета|条码|条形码|二维码|票码|條碼|二維碼|"
     "الرمز الشريطي|رمز الاستجابة السريعة|الباركود|رمز qr"},
    {"other_categories",
     "other_categories|other categories|second category|additional categories|autres catégories|"
     "otras categorías|другие категории|дополнительные категории|其他类别|其他類別|فئات أخرى"},
    {"tags", "tags|tag|labels|étiquettes|mots-clés|etiquetas|метки|теги|标签|標籤|الوسوم|وسوم|العلامات"},
    {"role",
     "role|staff role|rôle|rôle du personnel|rol|rol del personal|роль|роль персонала|"
     "角色|工作人员角色|الدور|دور الموظف"},
    {"seats",
     "seats|seat|seat number|seat no|seating|n° de siège|numéro de siège|placement|"
     "asiento|asientos|número de asiento|номер места|место в зале|"
     "座位|座位号|席位|座席|座位號|المقعد|رقم المقعد|المقاعد"},
    {"badge_names",
     "badge_names|badge names|names for the badge|nickname|nicknames|preferred name|preferred names|known as|"
     "goes by|surnom|surnoms|nom d'usage|noms pour le badge|apodo|apodos|nombre preferido|nombres para la "
     "credencial|"
     "прозвище|предпочитаемое имя|имена для бейджа|昵称|常用名|别名|暱稱|اسم الشهرة|الاسم المفضل|أسماء "
     "الشارة"},
    {"pin", "pin|pin code|code pin|código pin|пин|пин-код|密码|个人识别码|密碼|الرقم السري|رمز الدخول"},
});

constexpr auto kStatusNames = std::to_array<Named>({
    {"approved",
     "approved|confirmed|accepted|accredited|paid|valid|approuvé|approuvée|confirmé|confirmée|accepté|"
     "acceptée|"
     "accrédité|accréditée|validé|validée|"
     "aprobado|aprobada|confirmado|confirmada|aceptado|aceptada|acreditado|acreditada|"
     "одобрен|одобрена|одобрено|утвержден|утверждена|утверждено|подтвержден|подтверждена|подтверждено|"
     "аккредитован|аккредитована|"
     "已批准|批准|已确认|已通过|通过|审核通过|已批准入场|已確認|已通過|"
     "موافق عليه|تمت الموافقة|مقبول|مقبولة|معتمد|معتمدة|مؤكد|مؤكدة"},
    {"pending",
     "pending|waiting|in review|submitted|en attente|en cours|en cours d'examen|à l'examen|"
     "pendiente|en espera|en revisión|ожидает|в ожидании|на рассмотрении|ожидает подтверждения|"
     "待定|待审核|待批准|待确认|审核中|待審核|قيد الانتظار|معلق|معلقة|قيد المراجعة"},
    {"blocked",
     "blocked|barred|banned|bloqué|bloquée|interdit|interdite|bloqueado|bloqueada|prohibido|prohibida|"
     "заблокирован|заблокирована|заблокировано|запрещено|"
     "已封锁|已禁止|禁止|已冻结|黑名单|محظور|محظورة|ممنوع|ممنوعة"},
    {"withdrawn",
     "withdrawn|cancelled|canceled|declined|rejected|retiré|retirée|annulé|annulée|désisté|refusé|refusée|"
     "retirado|retirada|cancelado|cancelada|anulado|anulada|rechazado|rechazada|"
     "отозван|отозвана|отозвано|отменен|отменена|отменено|отклонен|отклонена|отклонено|"
     "已撤回|已取消|取消|已退出|已拒绝|منسحب|منسحبة|ملغى|ملغاة|مرفوض|مرفوضة"},
});

// U+00C0 to U+017F without their accents; ' ' is no letter.
constexpr std::string_view kLatin1 = "aaaaaaaceeeeiiiidnooooo ouuuuytsaaaaaaaceeeeiiiidnooooo ouuuuyty";
constexpr std::string_view kLatinA =
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnnoooooooorrrrrrsssssssstttttt"
    "uu"
    "uuuuuuuuuuwwyyyzzzzzzs";
static_assert(kLatin1.size() == 64 && kLatinA.size() == 128);

struct Decoded {
  std::uint32_t c{0};
  std::size_t bytes{1};
};

// Of strict UTF-8; anything else is one byte that says nothing.
Decoded decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
  if (bytes == 1 || text.size() < bytes) return {' ', 1};
  std::uint32_t c = first & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) c = c << 6U | (byte(i) & 0x3FU);
  return {c, bytes};
}

// What is left of a character, 0 if nothing.
std::uint32_t fold_character(std::uint32_t c) {
  if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0;  // the wide forms of ASCII
  if (c < 0x80) {
    if (c >= 'A' && c <= 'Z') return c - 'A' + 'a';
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : 0;
  }
  if (c == 0xB0 || c == 0xBA) return 'o';  // n° and nº
  if (c == 0x2116) return c;               // №
  if (c < 0xC0 || c == 0xD7 || c == 0xF7) return 0;
  if (c < 0x100) return static_cast<std::uint32_t>(kLatin1[c - 0xC0]);
  if (c < 0x100 + kLatinA.size()) return static_cast<std::uint32_t>(kLatinA[c - 0x100]);
  if (c >= 0x300 && c < 0x370) return 0;       // accents that stand by themselves
  if (c >= 0x410 && c <= 0x42F) c += 0x20;     // Cyrillic capitals
  if (c == 0x401 || c == 0x451) return 0x435;  // ё is е
  if (c == 0x439) return 0x438;                // й, which may also come as и and a breve
  if ((c >= 0x64B && c <= 0x65F) || c == 0x640 || c == 0x670) return 0;    // vowel signs, tatweel
  if (c == 0x622 || c == 0x623 || c == 0x625 || c == 0x671) return 0x627;  // the forms of alif
  if (c == 0x649) return 0x64A;                                            // alif maqsura is ya
  if (c == 0x629) return 0x647;                                            // ta marbuta is ha
  const bool is_sign = c == 0x60C || c == 0x61B || c == 0x61C || c == 0x61F || (c >= 0x2000 && c < 0x2070) ||
                       (c >= 0x3000 && c < 0x3040) || c == 0xFEFF || (c >= 0xFE30 && c < 0xFE50);
  return is_sign ? 0 : c;
}

void put(std::string& out, std::uint32_t c) {
  const auto byte = [&](std::uint32_t bits) { out += static_cast<char>(bits); };
  if (c < 0x80) return byte(c);
  if (c < 0x800) {
    byte(0xC0U | c >> 6U);
  } else {
    if (c < 0x10000) {
      byte(0xE0U | c >> 12U);
    } else {
      byte(0xF0U | c >> 18U);
      byte(0x80U | (c >> 12U & 0x3FU));
    }
    byte(0x80U | (c >> 6U & 0x3FU));
  }
  byte(0x80U | (c & 0x3FU));
}

using Index = std::map<std::string, std::vector<std::string_view>, std::less<>>;

template <std::size_t N>
Index index_of(const std::array<Named, N>& table) {
  Index index;
  for (const Named& named : table) {
    std::string_view rest = named.names;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('|'), rest.size());
      auto& fields = index[folded(rest.substr(0, end))];
      if (fields.empty() || fields.back() != named.field) fields.push_back(named.field);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  index.erase("");
  return index;
}

}  // namespace

std::string folded(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Decoded next = decode(text);
    text.remove_prefix(next.bytes);
    if (const std::uint32_t c = fold_character(next.c); c != 0 && c != ' ') put(out, c);
  }
  return out;
}

std::vector<std::string_view> fields_named(std::string_view heading) {
  static const Index index = index_of(kColumnNames);
  const auto found = index.find(folded(heading));
  return found == index.end() ? std::vector<std::string_view>{} : found->second;
}

std::optional<Status> status_in_words(std::string_view text) {
  static const Index index = index_of(kStatusNames);
  const auto found = index.find(folded(text));
  if (found == index.end()) return std::nullopt;
  return status_named(found->second.front());
}

}  // namespace lanyard::sync::hub
