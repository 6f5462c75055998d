#include "inlay/importers/mappings/timeloop_names.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace inlay::importers::mappings {

using cost::mapped::Dimension;
using cost::mapped::Storage;

const std::map<std::string, Dimension>& timeloop_dimensions() {
  static const std::map<std::string, Dimension> kNames = {
      {"N", cost::data_centric::kN}, {"G", cost::data_centric::kG}, {"K", cost::data_centric::kK},
      {"M", cost::data_centric::kK}, {"C", cost::data_centric::kC}, {"P", cost::data_centric::kX},
      {"Q", cost::data_centric::kY}, {"R", cost::data_centric::kS}, {"S", cost::data_centric::kR}};
  return kNames;
}

std::optional<Storage> timeloop_storage(const std::string& target) {
  std::string name;
  for (const char c : target) {
    if (c != '_' && c != '-' && c != ' ') {
      name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  // Names in Timeloop's own examples and exercises, and our own words.
  static constexpr std::array<std::pair<const char*, Storage>, 33> kNames = {{
      {"memory", Storage::kMemory},
      {"dram", Storage::kMemory},
      {"mainmemory", Storage::kMemory},
      {"offchip", Storage::kMemory},
      {"backingstorage", Storage::kMemory},
      {"l2", Storage::kL2},
      {"globalbuffer", Storage::kL2},
      {"glb", Storage::kL2},
      {"sharedglb", Storage::kL2},
      {"scratchpad", Storage::kL2},
      {"accumulator", Storage::kAccumulator},
      {"accumulationbuffer", Storage::kAccumulator},
      {"accbuffer", Storage::kAccumulator},
      {"l1", Storage::kL1},
      {"pe", Storage::kL1},
      {"registerfile", Storage::kL1},
      {"regfile", Storage::kL1},
      {"rf", Storage::kL1},
      {"registers", Storage::kL1},
      {"reg", Storage::kL1},
      {"pebuffer", Storage::kL1},
      {"pespad", Storage::kL1},
      {"scratchpadpe", Storage::kL1},
      {"ifmapspad", Storage::kL1},
      {"weightsspad", Storage::kL1},
      {"weightspad", Storage::kL1},
      {"psumspad", Storage::kL1},
      {"inputbuffer", Storage::kL1},
      {"weightbuffer", Storage::kL1},
      {"peinputbuffer", Storage::kL1},
      {"peweightbuffer", Storage::kL1},
      {"peaccubuffer", Storage::kL1},
      {"peweightregs", Storage::kL1},
  }};
  const auto found =
      std::find_if(kNames.begin(), kNames.end(), [&](const auto& entry) { return entry.first == name; });
  return found == kNames.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace inlay::importers::mappings
