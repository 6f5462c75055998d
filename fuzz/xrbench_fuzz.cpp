// Usage scenarios of XRBench: whatever the bytes are, the answer is models or an error of the user's.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/importers/xrbench/scenario.hpp"
#include "inlay/workload/model_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    inlay::importers::xrbench::is_xrbench_scenario(text, "fuzz.m");
    const auto files = inlay::importers::xrbench::xrbench_files(text, "fuzz.m", "fuzz.m");
    for (std::size_t i = 1; i < files.size(); ++i) {
      inlay::workload::parse_model(files[i].text, files[i].name);
    }
  } catch (const inlay::base::InputError&) {
  } catch (const inlay::base::OverflowError&) {
  }
  return 0;
}
