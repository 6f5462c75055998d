// Mappings in every format, with and without a layer: whatever the bytes are, the answer is a cost or an
// error of the user's.
#include <cstddef>
#include <cstdint>
#include <string>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/cost/mapped/mapped_cost.hpp"
#include "inlay/hardware/chiplet_type.hpp"
#include "inlay/importers/mappings/load_mapping.hpp"

namespace {

void cost_of(const std::string& text, const inlay::importers::mappings::MappingRequest& request) {
  try {
    inlay::cost::mapped::mapped_cost(inlay::importers::mappings::parse_mapping(text, request), *request.type);
  } catch (const inlay::base::InputError&) {
  } catch (const inlay::base::InfeasibleError&) {
  } catch (const inlay::base::OverflowError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const inlay::hardware::ChipletType kPlain = inlay::hardware::load_chiplet_type("nvdla-ws-256");
  static const inlay::hardware::ChipletType kArray = inlay::hardware::load_chiplet_type("gemmini-16");
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const inlay::hardware::ChipletType* type : {&kPlain, &kArray}) {
    inlay::importers::mappings::MappingRequest request;
    request.file = "fuzz";
    request.type = type;
    cost_of(text, request);
    request.layer.emplace();
    request.layer->name = "product";
    request.layer->shape = inlay::workload::GemmShape{64, 32, 16, 1, true};
    cost_of(text, request);
  }
  return 0;
}
