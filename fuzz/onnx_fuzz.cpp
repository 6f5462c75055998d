// ONNX models: whatever the bytes are, the answer is a model's YAML that can be read, or an error of the
// user's.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/importers/onnx/onnx_model.hpp"
#include "inlay/workload/model_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const bool unknown_as_vector : {false, true}) {
    try {
      const inlay::importers::ImportOptions options = {{}, {}, unknown_as_vector, 0, 0};
      inlay::workload::parse_model(inlay::importers::onnx_yaml(bytes, "fuzz.onnx", "fuzz.onnx", options),
                                   "fuzz.yaml");
    } catch (const inlay::base::InputError&) {
    } catch (const inlay::base::OverflowError&) {
    }
  }
  return 0;
}
