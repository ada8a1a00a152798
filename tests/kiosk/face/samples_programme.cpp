// What is on at the forum as it could be, and who is expected where.
#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>

#include <jpeglib.h>

#include "tests/kiosk/face/samples.hpp"

namespace lanyard::kiosk::samples {
namespace {

sync::Session session(std::string id, sync::LocalText name, sync::LocalText room, sync::Interval time,
                      std::vector<std::string> categories) {
  sync::Session made;
  made.id = std::move(id);
  made.name = std::move(name);
  made.room = std::move(room);
  made.time = time;
  made.categories = std::move(categories);
  return made;
}

// Nobody: a face as children draw one.
constexpr std::string_view kPortrait = R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 400">
<rect width="300" height="400" fill="#c9d6df"/><path d="M20 400c0-92 58-128 130-128s130 36 130 128z" fill="#2b4162"/>
<path d="M112 272l38 62 38-62-12-26h-52z" fill="#f4f1ea"/><path d="M150 300l-14 18 14 82 14-82z" fill="#9b2d30"/>
<rect x="122" y="214" width="56" height="62" rx="26" fill="#c98f6b"/><ellipse cx="150" cy="158" rx="68" ry="84" fill="#dba57f"/>
<path d="M80 150c-8-86 40-112 78-110 48 2 74 42 62 112-8-40-26-58-52-62-32 10-66 12-88 60z" fill="#2a211c"/>
<g fill="#2a211c"><ellipse cx="124" cy="158" rx="7" ry="8"/><ellipse cx="176" cy="158" rx="7" ry="8"/></g>
<path d="M124 202c14 16 38 16 52 0" fill="none" stroke="#7a3d2c" stroke-width="6" stroke-linecap="round"/></svg>)";

std::string jpeg_of(const RgbaPicture& picture) {
  // libjpeg's own error handler ends the process: there is nothing in a picture of ours that can go wrong.
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* memory = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &memory, &size);
  jpeg.image_width = static_cast<JDIMENSION>(picture.width);
  jpeg.image_height = static_cast<JDIMENSION>(picture.height);
  jpeg.input_components = 3;
  jpeg.in_color_space = JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg_start_compress(&jpeg, TRUE);
  std::vector<std::uint8_t> row(static_cast<std::size_t>(picture.width) * 3);
  while (jpeg.next_scanline < jpeg.image_height) {
    const std::uint8_t* from =
        picture.rgba.data() + std::size_t{jpeg.next_scanline} * static_cast<std::size_t>(picture.width) * 4;
    for (std::size_t x = 0; x < row.size() / 3; ++x) std::copy_n(from + x * 4, 3, row.data() + x * 3);
    JSAMPROW rows = row.data();
    jpeg_write_scanlines(&jpeg, &rows, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  std::string bytes(reinterpret_cast<const char*>(memory), size);
  std::free(memory);
  return bytes;
}

}  // namespace

std::string portrait(int width_px, int height_px) {
  const auto drawn = draw_svg(kPortrait, width_px, height_px);
  if (!drawn) std::abort();
  return jpeg_of(*drawn);
}

std::vector<sync::Session> programme() {
  std::vector<sync::Session> on{
      session(
          "keynotes",
          six("Keynote: Green Public Procurement", "主旨演讲：绿色公共采购",
              "Discours : la commande publique verte", "Discurso: la contratación pública verde",
              "Ключевой доклад: «зелёные» государственные закупки",
              "الكلمة الرئيسية: المشتريات العامة الخضراء"),
          six("Plenary hall, level 2", "二层 主会场", "Salle plénière, niveau 2", "Sala de plenos, nivel 2",
              "Зал пленарных заседаний, уровень 2", "القاعة العامة، الطابق الثاني"),
          {at(24, 10, 45), at(24, 12, 30)}, {"delegate", "un-agency"}),
      session("briefing",
              six("Press Briefing", "新闻发布会", "Point de presse", "Rueda de prensa", "Пресс-брифинг",
                  "إحاطة صحفية"),
              six("Media centre", "新闻中心", "Centre de presse", "Centro de prensa", "Пресс-центр",
                  "المركز الإعلامي"),
              {at(24, 10, 0), at(24, 11, 30)}, {"press"}),
      session("rehearsal",
              six("Sound check for speakers", "演讲嘉宾试音", "Essais de son des intervenants",
                  "Prueba de sonido de ponentes", "Проверка звука для докладчиков", "اختبار الصوت للمتحدثين"),
              {}, {at(25, 8, 15), at(25, 9, 0)}, {"speaker"}),
      session("gala",
              six("Reception by the Minister of Finance in Honour of the Heads of Delegation",
                  "财政部部长为各代表团团长举行的招待会",
                  "Réception du ministre des Finances en l’honneur des chefs de délégation",
                  "Recepción del Ministerio de Finanzas en honor de las jefaturas de delegación",
                  "Приём министра финансов в честь глав делегаций",
                  "حفل استقبال وزير المالية تكريماً لرؤساء الوفود"),
              six("Garden pavilion, behind the west wing", "西翼后方花园馆",
                  "Pavillon du jardin, derrière l’aile ouest", "Pabellón del jardín, tras el ala oeste",
                  "Садовый павильон за западным крылом", "جناح الحديقة، خلف الجناح الغربي"),
              {at(24, 19, 30), at(24, 22, 0)}, {})};
  on[0].zone = "plenary";
  on[0].seated = true;
  on[3].signed_up = true;
  return on;
}

}  // namespace lanyard::kiosk::samples
