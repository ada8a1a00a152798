#include "kiosk/badge/ipp_words.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace lanyard::kiosk {

namespace {

using sync::Error;
using sync::Expected;
using sync::fail;

std::vector<std::string> texts_of(ipp_t* answer, const char* name) {
  ipp_attribute_t* attribute = ippFindAttribute(answer, name, IPP_TAG_ZERO);
  return attribute == nullptr ? std::vector<std::string>() : strings_of(attribute);
}

std::vector<std::string> plain_reasons_of(ipp_t* answer) {
  std::vector<std::string> plain;
  for (const std::string& reason : texts_of(answer, "printer-state-reasons")) {
    if (reason != "none") plain.push_back(plain_reason(reason));
  }
  return plain;
}

bool has_operation(ipp_t* answer, ipp_op_t operation) {
  ipp_attribute_t* attribute = ippFindAttribute(answer, "operations-supported", IPP_TAG_ENUM);
  return attribute != nullptr && ippContainsInteger(attribute, operation) != 0;
}

// The resolution nearest to the one wished for, of those that it says it has.
int nearest_dpi(ipp_t* answer, const char* name, int wished) {
  ipp_attribute_t* attribute = ippFindAttribute(answer, name, IPP_TAG_RESOLUTION);
  int best = 0;
  for (int i = 0; attribute != nullptr && i < ippGetCount(attribute); ++i) {
    int down = 0;
    ipp_res_t unit = IPP_RES_PER_INCH;
    int across = ippGetResolution(attribute, i, &down, &unit);
    if (unit == IPP_RES_PER_CM) across = static_cast<int>(std::lround(across * 2.54));
    const bool sane = across >= 100 && across <= 2400;
    if (sane && (best == 0 || std::abs(across - wished) < std::abs(best - wished))) best = across;
  }
  return best == 0 ? wished : best;
}

}  // namespace

std::vector<std::string> strings_of(ipp_attribute_t* attribute) {
  std::vector<std::string> texts;
  for (int i = 0; i < ippGetCount(attribute); ++i) {
    if (const char* text = ippGetString(attribute, i, nullptr)) texts.emplace_back(text);
  }
  return texts;
}

int number_of(ipp_t* answer, const char* name) {
  ipp_attribute_t* attribute = ippFindAttribute(answer, name, IPP_TAG_ZERO);
  return attribute == nullptr ? 0 : ippGetInteger(attribute, 0);
}

bool is_among(const std::vector<std::string>& texts, std::string_view one) {
  return std::ranges::find(texts, one) != texts.end();
}

PrinterState state_in(ipp_t* answer, const std::string& otherwise) {
  PrinterState now;
  const auto names = texts_of(answer, "printer-make-and-model");
  now.name = names.empty() ? otherwise : names.front();
  now.reasons = plain_reasons_of(answer);
  const bool stopped = number_of(answer, "printer-state") == IPP_PSTATE_STOPPED;
  now.held_up = stopped || std::ranges::any_of(texts_of(answer, "printer-state-reasons"), may_stop);
  return now;
}

Expected<Abilities> abilities_in(ipp_t* answer, int dpi) {
  const auto formats = texts_of(answer, "document-format-supported");
  Abilities can;
  can.wish.dpi = dpi;
  if (is_among(formats, "application/pdf")) {
    can.wish.form = PageForm::pdf;
    can.wish.dpi = nearest_dpi(answer, "printer-resolution-supported", dpi);
  } else if (is_among(formats, "image/pwg-raster")) {
    can.wish.form = PageForm::pwg_raster;
    can.wish.dpi = nearest_dpi(answer, "pwg-raster-document-resolution-supported", dpi);
  } else if (is_among(formats, "image/jpeg")) {
    can.wish.form = PageForm::jpeg;
    can.wish.dpi = nearest_dpi(answer, "printer-resolution-supported", dpi);
  } else {
    return fail(Error::Kind::invalid, "the printer takes neither PDF nor PWG raster nor JPEG");
  }
  can.wish.two_sided = is_among(texts_of(answer, "sides-supported"), "two-sided-long-edge");
  can.create_job = has_operation(answer, IPP_OP_CREATE_JOB) && has_operation(answer, IPP_OP_SEND_DOCUMENT);
  can.media_col = is_among(texts_of(answer, "job-creation-attributes-supported"), "media-col") ||
                  ippFindAttribute(answer, "media-col-supported", IPP_TAG_ZERO) != nullptr;
  can.unscaled = is_among(texts_of(answer, "print-scaling-supported"), "none");
  return can;
}

const char* mime_of(PageForm form) {
  return form == PageForm::pdf    ? "application/pdf"
         : form == PageForm::jpeg ? "image/jpeg"
                                  : "image/pwg-raster";
}

void add_job_template(ipp_t* request, const PrintPage& page, const Abilities& can) {
  if (can.media_col) {
    const auto hundredths = [](double mm) { return static_cast<int>(std::lround(mm * 100)); };
    const IppPtr size(ippNew());
    ippAddInteger(size.get(), IPP_TAG_JOB, IPP_TAG_INTEGER, "x-dimension", hundredths(page.width_mm));
    ippAddInteger(size.get(), IPP_TAG_JOB, IPP_TAG_INTEGER, "y-dimension", hundredths(page.height_mm));
    const IppPtr media(ippNew());
    ippAddCollection(media.get(), IPP_TAG_JOB, "media-size", size.get());
    ippAddCollection(request, IPP_TAG_JOB, "media-col", media.get());
  }
  if (can.unscaled) ippAddString(request, IPP_TAG_JOB, IPP_TAG_KEYWORD, "print-scaling", nullptr, "none");
  if (can.wish.two_sided)
    ippAddString(request, IPP_TAG_JOB, IPP_TAG_KEYWORD, "sides", nullptr, "two-sided-long-edge");
}

JobFound job_in(ipp_t* answer) {
  const auto names = texts_of(answer, "job-name");
  return {number_of(answer, "job-id"), number_of(answer, "job-state"),
          number_of(answer, "job-impressions-completed"), names.empty() ? std::string() : names.front(),
          texts_of(answer, "job-state-reasons")};
}

}  // namespace lanyard::kiosk
