#include "scanner/decode.hpp"

#include "scanner/pipeline.hpp"

namespace lanyard::scanner {

std::vector<Symbol> decode(GrayView view, const DecodeOptions& options) {
  if (view.empty() || !fits_frame(view.width, view.height)) return {};
  const bool quick = options.effort == Effort::quick;
  Pipeline pipeline;
  pipeline.begin(view, options.max_symbols, options.symbologies);
  for (const Pass& pass : quick ? picture_passes().first(quick_picture_passes()) : picture_passes()) {
    pipeline.run(pass);
    if (pipeline.full() || (quick && !pipeline.found().empty())) break;
  }
  return pipeline.take_in_reading_order();
}

}  // namespace lanyard::scanner
