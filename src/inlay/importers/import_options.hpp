// What an import is asked, and the files that it makes.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace inlay::importers {

/// What the user says beside the file; all but the dataflows is about ONNX.
struct ImportOptions {
  std::map<std::string, std::int64_t> dimensions;  // sizes of symbolic dimensions
  std::vector<std::string> weights;                // patterns of inputs that are weights; "!...": are none
  bool unknown_as_vector = false;                  // operators that nobody knows are vector operators
  std::int64_t weight_bits = 0;                    // 0: as the file has them
  std::int64_t activation_bits = 0;
  std::vector<std::string> dataflows = {};  // of the accelerators of XRBench

  bool empty() const {
    return dataflows.empty() && dimensions.empty() && weights.empty() && !unknown_as_vector &&
           weight_bits == 0 && activation_bits == 0;
  }
};

/// A file that an import makes.
struct ImportedFile {
  std::string name;  // beside the first one; the first one's is up to the user
  std::string text;
};

}  // namespace inlay::importers
