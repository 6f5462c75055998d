// Problems of Timeloop and layers of CoSA: whatever the bytes are, the answer is a model or an error of the
// user's.
#include <cstddef>
#include <cstdint>
#include <string>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/importers/timeloop/cosa_layer.hpp"
#include "inlay/importers/timeloop/problem.hpp"
#include "inlay/workload/model_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const auto read : {inlay::importers::timeloop::timeloop_yaml, inlay::importers::timeloop::cosa_yaml}) {
    try {
      inlay::workload::parse_model(read(text, "fuzz.yaml", "fuzz.yaml"), "model.yaml");
    } catch (const inlay::base::InputError&) {
    } catch (const inlay::base::OverflowError&) {
    }
  }
  return 0;
}
