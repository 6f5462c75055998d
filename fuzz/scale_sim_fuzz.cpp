// Topologies of SCALE-Sim: whatever the bytes are, the answer is a model or an error of the user's.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/importers/scale_sim/topology.hpp"
#include "inlay/workload/model_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    inlay::workload::parse_model(inlay::importers::scale_sim::scale_sim_yaml(text, "fuzz.csv", "fuzz.csv"),
                                 "fuzz.yaml");
  } catch (const inlay::base::InputError&) {
  } catch (const inlay::base::OverflowError&) {
  }
  return 0;
}
