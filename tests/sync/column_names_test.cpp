#include "sync/hub/column_names.hpp"

#include <algorithm>

#include "sync/hub/roster_columns.hpp"
#include "tests/catch.hpp"

namespace lanyard::sync::hub {
namespace {

using Fields = std::vector<std::string_view>;

TEST_CASE("headings are compared without case, accents, blanks and punctuation") {
  for (const char* heading : {"Prénom", "PRÉNOM :", "prenom", "Pre\u0301nom", " pré-nom* "}) {
    INFO(heading);
    CHECK(fields_named(heading) == Fields{"given_name"});
  }
  CHECK(fields_named("Ф.И.О.") == Fields{"name"});
  CHECK(fields_named("Категори\u0438\u0306") != Fields{"category"});  // another letter is another word
  CHECK(folded("Статус участника Ё") == folded("статусучастникае"));
  CHECK(folded("ＩＤ") == "id");
  CHECK(folded("الإسْم") == folded("الاسم"));
  CHECK(folded("n°") == folded("nº"));
  CHECK(folded(" -_*()\u3000").empty());
  CHECK(folded("\xFF\xC3").empty());  // never read past its end, and nothing of it is a letter
}

TEST_CASE("the fields that must be there have names in six languages") {
  const std::vector<std::pair<std::string_view, std::vector<const char*>>> headings{
      {"id",
       {"Registration No.", "Numéro d’inscription", "Número de inscripción", "Регистрационный номер",
        "注册号", "رقم التسجيل"}},
      {"name", {"Full name", "Nom complet", "Nombre completo", "ФИО", "姓名", "الاسم الكامل"}},
      {"category", {"Category", "Catégorie", "Categoría", "Категория", "类别", "الفئة"}},
      {"status", {"Status", "Statut", "Estado", "Статус", "状态", "الحالة"}},
      {"organisation", {"Organization", "Organisme", "Organización", "Организация", "单位", "المنظمة"}},
      {"zones", {"Access zones", "Zones d'accès", "Zonas de acceso", "Зоны доступа", "通行区域", "المناطق"}},
  };
  for (const auto& [field, names] : headings) {
    for (const char* name : names) {
      INFO(name);
      CHECK(fields_named(name) == Fields{field});
    }
  }
}

TEST_CASE("no heading means two fields, but for words that mean a name or a part of it") {
  for (const std::string_view field : kRosterFields) {
    const Fields meant = fields_named(field);
    INFO(field);
    CHECK(std::ranges::find(meant, field) != meant.end());
  }
  CHECK(fields_named("Nom") == Fields{"name", "family_name"});
  CHECK(fields_named("Имя") == Fields{"name", "given_name"});
  CHECK(fields_named("الاسم") == Fields{"name", "given_name"});
  CHECK(fields_named("Arrival").empty());  // mostly a flight's
}

TEST_CASE("a status is understood in six languages") {
  for (const char* word : {"Approved", "Approuvée", "Acreditado", "Подтверждён", "已批准", "معتمد"})
    CHECK(status_in_words(word) == Status::approved);
  for (const char* word : {"PENDING", "En attente", "Pendiente", "На рассмотрении", "待审核", "قيد المراجعة"})
    CHECK(status_in_words(word) == Status::pending);
  for (const char* word : {"blocked", "Bloqué", "Bloqueado", "Заблокирована", "禁止", "محظور"})
    CHECK(status_in_words(word) == Status::blocked);
  for (const char* word : {"Cancelled", "Annulé", "Anulada", "Отменён", "已取消", "ملغى"})
    CHECK(status_in_words(word) == Status::withdrawn);
  CHECK_FALSE(status_in_words("perhaps").has_value());
  CHECK_FALSE(status_in_words("").has_value());
}

std::vector<std::string> chosen(const RosterColumns& columns) {
  std::vector<std::string> fields;
  for (const RosterColumns::Column& column : columns.columns)
    fields.emplace_back(column.field ? kRosterFields.at(*column.field) : "-");
  return fields;
}

TEST_CASE("one word for a name and for a part of it is settled by the other columns") {
  const auto fields = [](const std::vector<std::string>& headings) {
    return chosen(choose_columns(headings, {}));
  };
  using Names = std::vector<std::string>;
  CHECK(fields({"N°", "Nom", "Prénom", "Catégorie", "Statut"}) ==
        Names{"id", "family_name", "given_name", "category", "status"});
  CHECK(fields({"N°", "Nom", "Catégorie", "Statut"}) == Names{"id", "name", "category", "status"});
  CHECK(fields({"№", "Имя", "Фамилия", "Категория", "Статус"}) ==
        Names{"id", "given_name", "family_name", "category", "status"});
  CHECK(fields({"№", "Имя", "Категория", "Статус"}) == Names{"id", "name", "category", "status"});
}

TEST_CASE("two columns of one field are an error that names both, until one is chosen or left out") {
  const std::vector<std::string> headings{"ID", "Name", "Full Name", "Category", "Status"};
  const RosterColumns both = choose_columns(headings, {});
  CHECK(both.problems ==
        std::vector<std::string>{"columns 2 'Name' and 3 'Full Name' both say the field 'name':"
                                 " choose one by --column name=HEADING"});
  const RosterColumns said = choose_columns(headings, {{{"name", "full name"}}, {}});
  CHECK(said.problems.empty());
  CHECK(chosen(said) == std::vector<std::string>{"id", "-", "name", "category", "status"});
  CHECK(said.left_out == std::vector<std::string>{"column 2 'Name'"});
  const RosterColumns without = choose_columns(headings, {{}, {"Name"}});
  CHECK(without.problems.empty());
  CHECK(chosen(without) == std::vector<std::string>{"id", "-", "name", "category", "status"});
  CHECK(without.left_out.empty());  // the operator knows
}

TEST_CASE("what is said of columns is held to the columns there are") {
  const std::vector<std::string> headings{"id", "name", "Kind", "status"};
  CHECK(choose_columns(headings, {{{"category", "Kind"}}, {}}).problems.empty());
  CHECK(choose_columns(headings, {{{"category", "Sort"}}, {}}).problems ==
        std::vector<std::string>{"there is no column 'Sort'", "column 'category' is missing"});
  CHECK(choose_columns(headings, {{{"category", "Kind"}, {"title", "Kind"}}, {}}).problems ==
        std::vector<std::string>{"column 3 'Kind' is chosen for two fields"});
  CHECK(choose_columns({"id", "name", "Kind", "kind", "status"}, {{{"category", "KIND"}}, {}})
            .problems.front() == "columns 3 'Kind' and 4 'kind' are both called 'KIND'");
  CHECK(choose_columns(headings, {{{"category", "Kind"}}, {"none"}}).problems ==
        std::vector<std::string>{"there is no column 'none'"});
}

}  // namespace
}  // namespace lanyard::sync::hub
