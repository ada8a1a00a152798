// Staff find people by the keys that they have.
#include <algorithm>
#include <map>
#include <set>

#include <SQLiteCpp/SQLiteCpp.h>

#include "sync/search_key.hpp"
#include "sync/sqlite_file.hpp"
#include "sync/store.hpp"
#include "tests/sync/hub_fixture.hpp"
#include "tests/sync/names/name_set.hpp"

namespace lanyard::sync {
namespace {

Attendee person(const std::string& id, const std::string& name, const std::string& native,
                const std::string& organisation) {
  Attendee made = hub::attendee_of(id);
  made.name = name;
  made.name_native = native;
  made.organisation = organisation;
  return made;
}

// Puts them on the roster; the first page of a store begins it.
void put_on_roster(Store& store, std::int64_t next, std::vector<Attendee> attendees,
                   std::vector<std::string> removed = {}) {
  RosterPage page;
  page.epoch = "e1";
  page.from_start = next == 1;
  page.next = next;
  page.attendees = std::move(attendees);
  page.removed = std::move(removed);
  REQUIRE(store.apply(page, {}).has_value());
}

class Lookup {
 public:
  Lookup() {
    put_on_roster(
        store_, 1,
        {person("A0001", "Zhang Wei", "张伟", "Ministry of Finance"),
         person("A0002", "Xiaoming Shan", "单小明", "WTO"),
         person("A0003", "Dmitry Shcherbakov", "Дмитрий Щербаков", "World Bank"),
         person("A0004", "Jürgen Müller", "", "Bundesministerium für Wirtschaft"),
         person("A0005", "Sinéad O’Brien", "", "100% Procurement_Ltd"),
         person("UN-0042", "Fatima al-Zahra", "فاطمة الزهراء", "UNOPS"),
         person("A0006", "李娜", "李娜", "财政部"), person("A0007", "Дмитрий Щербаков", "", "РЖД")});
  }

  // The first `most`, in order of their ids.
  std::vector<std::string> find(std::string_view query, std::size_t most = kMaxSearchHits) {
    std::vector<std::string> ids;
    const auto hits = store_.search(query, most).value();
    for (const Attendee& hit : hits) ids.push_back(hit.id);
    std::ranges::sort(ids);
    return ids;
  }
  [[nodiscard]] Store& store() { return store_; }

 private:
  hub::TemporaryFolder folder_;
  Store store_{Store::open(folder_.path() / "store.db").value()};
};

using Ids = std::vector<std::string>;

TEST_CASE("a Chinese name is found by its letters, its words in any order, and its characters") {
  Lookup lookup;
  for (const char* query :
       {"zhang wei", "zhangwei", "wei zhang", "ZHANG", "Zhāng Wěi", "zha", "张", "张伟"}) {
    INFO(query);
    CHECK(lookup.find(query, 1) == Ids{"A0001"});
  }
  // Where the list has the characters alone.
  for (const char* query : {"li na", "lina", "na li", "李"}) {
    INFO(query);
    CHECK(lookup.find(query, 1) == Ids{"A0006"});
  }
}

TEST_CASE("a surname is read as a surname") {
  Lookup lookup;
  for (const char* query : {"shan", "shan xiaoming", "shanxiaoming", "单小明"}) {
    INFO(query);
    CHECK(lookup.find(query, 1) == Ids{"A0002"});
  }
}

TEST_CASE("a Cyrillic name is found in either alphabet, whichever the list has") {
  Lookup lookup;
  const Ids both{"A0003", "A0007"};
  CHECK(lookup.find("shcherbakov", 2) == both);
  CHECK(lookup.find("dmitri shch", 2) == both);
  CHECK(lookup.find("Щербаков", 2) == both);
  CHECK(lookup.find("щерб дмит", 2) == both);
}

TEST_CASE("somebody is found by what the badge may say in place of the name") {
  Lookup lookup;
  Attendee renamed = person("A0008", "Aleksandr Ivanov", "", "WTO");
  renamed.badge_names = {"Sasha Ivanov", "Саша Иванов"};
  put_on_roster(lookup.store(), 2, {renamed});
  CHECK(lookup.find("sasha") == std::vector<std::string>{"A0008"});
  CHECK(lookup.store().search("саша", 1).value().front().id == "A0008");
}

TEST_CASE("an umlaut may be left away or written out") {
  Lookup lookup;
  for (const char* query :
       {"muller", "mueller", "Müller", "MÜLLER", "jurgen", "juergen mueller", "M\x75\xcc\x88ller"}) {
    INFO(query);
    CHECK(lookup.find(query, 1) == Ids{"A0004"});
  }
}

TEST_CASE("an apostrophe of any kind does not part a name") {
  Lookup lookup;
  for (const char* query : {"obrien", "o'brien", "O’Brien", "sinead obrien"}) {
    INFO(query);
    CHECK(lookup.find(query, 1) == Ids{"A0005"});
  }
}

TEST_CASE("ids and organisations are found, and each word by its beginning in any order") {
  Lookup lookup;
  CHECK(lookup.find("A0003", 1) == Ids{"A0003"});
  CHECK(lookup.find("a0003", 1) == Ids{"A0003"});
  CHECK(lookup.find("UN-0042", 1) == Ids{"UN-0042"});
  CHECK(lookup.find("un0042", 1) == Ids{"UN-0042"});
  CHECK(lookup.find("world bank", 1) == Ids{"A0003"});
  CHECK(lookup.find("fin min zh", 1) == Ids{"A0001"});
  CHECK(lookup.find("cai zheng", 1) == Ids{"A0006"});  // 财政部
  CHECK(lookup.find("فاطمة", 1) == Ids{"UN-0042"});
  CHECK(lookup.find("ang").empty());  // not the middle of a word
  CHECK(lookup.find("zhang world").empty());
}

TEST_CASE("no name is so long that its id is not found") {
  Lookup lookup;
  std::string name;
  for (int i = 0; i < 60; ++i) name += static_cast<char>('a' + i % 26) + std::to_string(i) + " ";
  const Attendee somebody = person("Z9999", name, "", "Organisation");
  put_on_roster(lookup.store(), 2, {somebody});
  CHECK(lookup.find("z9999", 1) == Ids{"Z9999"});
  CHECK(lookup.find("organisation", 1) == Ids{"Z9999"});
  CHECK(SearchFolding().words(somebody).size() <= kMaxSearchWords);
}

TEST_CASE("a hostile query finds nothing and harms nothing") {
  using namespace std::string_literals;
  Lookup lookup;
  const std::string queries[] = {"%"s,
                                 "_"s,
                                 "'"s,
                                 "\""s,
                                 ""s,
                                 " \t\n"s,
                                 "'; DROP TABLE attendee; --"s,
                                 "* OR 1=1"s,
                                 "\x01\x02\x1b[31m"s,
                                 "\xff\xfe\xc0\xaf"s,
                                 "\xed\xa0\x80"s,
                                 "q\0q"s,
                                 "\xf4\x8f\xbf\xbf"s,
                                 std::string(10'000, 'a'),
                                 std::string(10'000, '\''),
                                 std::string(10'000, '\xe4')};
  for (const std::string& query : queries) {
    INFO(query.substr(0, 40));
    CHECK(lookup.find(query).empty());
  }
  std::string words;
  for (int i = 0; i < 5000; ++i) words += "q ";
  CHECK(lookup.find(words).empty());
  CHECK(lookup.store().attendee_count().value() == 8);
  CHECK(lookup.find("zhang wei", 1) == Ids{"A0001"});
}

TEST_CASE("the best hit stands first, and there are no more than asked for") {
  Lookup lookup;
  std::vector<Attendee> many;
  for (int i = 100; i < 300; ++i) many.push_back(person("B" + std::to_string(i), "Leeson", "", ""));
  many.push_back(person("C0001", "Lee", "", ""));
  put_on_roster(lookup.store(), 2, std::move(many));
  const auto hits = lookup.store().search("lee", 10).value();
  REQUIRE(hits.size() == 10);
  CHECK(hits[0].id == "C0001");
  CHECK(lookup.store().search("lee", 100'000).value().size() == kMaxSearchHits);
  CHECK(lookup.store().search("lee", 0).value().empty());
}

TEST_CASE("somebody renamed is found by the new name alone") {
  Lookup lookup;
  put_on_roster(lookup.store(), 2, {person("A0001", "Anna Schmidt", "", "Ministry of Finance")});
  CHECK_FALSE(std::ranges::count(lookup.find("zhang"), "A0001"));
  CHECK(lookup.find("schmidt", 1) == Ids{"A0001"});
  put_on_roster(lookup.store(), 3, {}, {"A0001"});
  CHECK(lookup.find("schmidt").empty());
}

TEST_CASE("letters of ASCII are folded as they are among others") {
  const SearchFolding folding;
  for (char c = 1; c < 0x7f; ++c) {
    const std::string name = "De" + std::string(1, c) + "La'Cruz 2ND";
    std::set<SearchWord> alone = folding.words(person("A1", name, "", ""));
    const std::set<SearchWord> among = folding.words(person("A1", name + " \u00e9", "", ""));
    // But for what joins words of a name, or sounds like it.
    std::erase_if(alone, [](const SearchWord& word) {
      return word.kind == SearchWord::Kind::form || word.kind == SearchWord::Kind::sound;
    });
    CAPTURE(static_cast<int>(c), alone.size(), among.size());
    CHECK(alone.size() >= 3);
    CHECK(std::ranges::includes(among, alone));
  }
}

TEST_CASE("somebody is found by an ear for the name") {
  Lookup lookup;
  put_on_roster(lookup.store(), 2,
                {person("B1", "محمد القذافي", "", ""), person("B2", "Noureddine Al-Otaibi", "", ""),
                 person("B3", "박민수", "", ""), person("B4", "Ng Chi Ming", "吳志明", "")});
  for (const char* query : {"mohammed gaddafi", "Muhammad al-Qadhafi", "kadhafi mohamed", "قذافي محمد"}) {
    INFO(query);
    CHECK(lookup.find(query, 1) == Ids{"B1"});
  }
  for (const char* query : {"nur al-din otaibi", "nureddin alotaibi", "نور الدين العتيبي"}) {
    INFO(query);
    CHECK(lookup.find(query, 1) == Ids{"B2"});
  }
  for (const char* query : {"park min su", "minsu park", "pak minsu", "박민수"}) {
    INFO(query);
    CHECK(lookup.find(query, 1) == Ids{"B3"});
  }
  for (const char* query : {"ng chi", "wu zhiming", "吴志明", "吳志明", "志明"}) {
    INFO(query);
    CHECK(lookup.find(query, 1) == Ids{"B4"});
  }
}

TEST_CASE("one slip of a finger is forgiven, and who is spelt so stands before who is nearly") {
  Lookup lookup;
  for (const char* query : {"shcherbkov", "shcherbakovv", "shcerhbakov", "xhcherbakov"}) {
    INFO(query);
    CHECK(lookup.find(query, 2) == Ids{"A0003", "A0007"});
  }
  CHECK(lookup.find("Щербкаов", 2) == Ids{"A0003", "A0007"});
  // Not of what is short, and not of an id: the next person's differs by as much.
  CHECK(lookup.find("fxt").empty());
  CHECK(lookup.find("a0009").empty());
  put_on_roster(lookup.store(), 2,
                {person("B1", "Marten Olsen", "", ""), person("B2", "Martin Olsen", "", "")});
  const auto hits = lookup.store().search("martin olsen").value();
  REQUIRE_FALSE(hits.empty());
  CHECK(hits[0].id == "B2");
}

TEST_CASE("a particle may be left away, and is somebody's name all the same") {
  Lookup lookup;
  CHECK(lookup.find("fatima zahra", 1) == Ids{"UN-0042"});
  CHECK(lookup.find("fatima el zahra", 1) == Ids{"UN-0042"});
  CHECK(lookup.find("fatima van der zahra", 1) == Ids{"UN-0042"});
  CHECK(lookup.find("al", 1) == Ids{"UN-0042"});
  CHECK(lookup.find("van").empty());
  // Nobody is everybody.
  for (const char* query : {"a de l", "v e an", "bi de n", "de la"}) {
    INFO(query);
    CHECK(lookup.find(query).size() < 4);
  }
}

TEST_CASE("who is merely alike stands below who is spelt so, and is not hidden") {
  Lookup lookup;
  put_on_roster(lookup.store(), 2,
                {person("B1", "Mohamed Ali", "", ""), person("B2", "Muhammad Khan", "", ""),
                 person("B3", "محمد منصور", "", ""), person("B4", "Anna Mueller", "", "")});
  for (const char* query : {"mohamed", "محمد"}) {
    INFO(query);
    CHECK(lookup.find(query, 3) == Ids{"B1", "B2", "B3"});
  }
  CHECK(lookup.store().search("mohamed", 1).value().at(0).id == "B1");
  CHECK(lookup.store().search("محمد", 1).value().at(0).id == "B3");
  CHECK(lookup.find("Müller", 2) == Ids{"A0004", "B4"});
}

TEST_CASE("a search follows what another process writes") {
  hub::TemporaryFolder folder;
  Store kiosk = Store::open(folder.path() / "store.db").value();
  Store daemon = Store::open(folder.path() / "store.db").value();
  put_on_roster(daemon, 1, {person("A1", "Anna Schmidt", "", ""), person("A2", "Bruno Keller", "", "")});
  CHECK(kiosk.search("schmidt").value().size() == 1);
  put_on_roster(daemon, 2, {person("A1", "Anna Meier", "", ""), person("A3", "Doris Vogt", "", "")});
  CHECK(kiosk.search("schmidt").value().empty());
  CHECK(kiosk.search("meier").value().size() == 1);
  CHECK(kiosk.search("vogt").value().size() == 1);
  put_on_roster(daemon, 3, {}, {"A2"});
  CHECK(kiosk.search("keller").value().empty());
  CHECK(kiosk.search("vogt").value().size() == 1);
}

TEST_CASE("people of a store that an earlier version wrote are found") {
  hub::TemporaryFolder folder;
  const auto file = folder.path() / "store.db";
  {
    const auto before = kiosk_migrations().first(7);
    auto db = open_sqlite(file, before, std::chrono::milliseconds(500)).value();
    for (int i = 0; i < 450; ++i) {
      const Attendee who = person("A" + std::to_string(1000 + i), "Person Nr" + std::to_string(i), "", "");
      SQLite::Statement put(*db, "INSERT INTO attendee (id, delegation, record, pass) VALUES (?, '', ?, 1)");
      put.bind(1, who.id);
      put.bind(2, i == 7 ? "damaged" : to_json(who));
      put.exec();
      db->exec("INSERT INTO search_word (word, attendee) VALUES ('nr" + std::to_string(i) + "', '" + who.id +
               "')");
    }
  }
  Store store = Store::open(file).value();
  const auto first = [&](const char* query) { return store.search(query, 1).value().at(0).id; };
  CHECK(first("nr0") == "A1000");
  CHECK(first("nr449") == "A1449");
  CHECK(first("a1300") == "A1300");
  CHECK_FALSE(store.search("a10").value().empty());  // one that is damaged hides no others
}

TEST_CASE("nobody whom another process took off the roster is found, or kept in memory") {
  hub::TemporaryFolder folder;
  Store kiosk = Store::open(folder.path() / "store.db").value();
  Store daemon = Store::open(folder.path() / "store.db").value();
  put_on_roster(daemon, 1, {person("A1", "Anna Schmidt", "", ""), person("A2", "Bruno Keller", "", "")});
  REQUIRE(kiosk.search("schmidt", 1).value().size() == 1);
  REQUIRE(daemon.wipe(Withdrawal::revoked).has_value());
  REQUIRE(kiosk.keep_search_current().has_value());
  CHECK(kiosk.search("schmidt").value().empty());
}

// Of each the names are real, and who bears them is made up (names/parts.tsv).
TEST_CASE("of six hundred people with names in ten scripts, who is meant is among the first three") {
  const NameSet set = name_set(LANYARD_NAMES, 62, 1);
  REQUIRE(set.people.size() >= 600);
  hub::TemporaryFolder folder;
  Store store = Store::open(folder.path() / "store.db").value();
  put_on_roster(store, 1, set.people);
  std::map<std::string, std::pair<int, int>> by_script;
  int found = 0;
  for (const Sought& sought : set.asked) {
    const auto answer = store.search(sought.query, 3);
    INFO(sought.query << ": " << (answer ? "" : answer.error().message));
    REQUIRE(answer.has_value());
    const std::vector<Attendee>& hits = *answer;
    const bool among =
        std::ranges::any_of(hits, [&](const Attendee& hit) { return hit.id == sought.attendee; });
    found += among ? 1 : 0;
    by_script[sought.script].first += among ? 1 : 0;
    ++by_script[sought.script].second;
    if (!among) UNSCOPED_INFO(sought.query << " (" << to_name(sought.how) << "): not " << sought.attendee);
  }
  CHECK(found * 100 >= static_cast<int>(set.asked.size()) * 99);
  CHECK(by_script.size() >= 10);
  for (const auto& [script, count] : by_script) {
    INFO(script << ": " << count.first << " of " << count.second);
    CHECK(count.first * 100 >= count.second * 90);
  }
}

}  // namespace
}  // namespace lanyard::sync
