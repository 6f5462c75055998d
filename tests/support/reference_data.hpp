#pragma once

// Published files of other projects that are too large for this repository. Tests that read them stand in
// suites whose name ends in `Reference`: tests/CMakeLists.txt gives those the CTest label `reference`, which
// `./test` leaves out.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace inlay::testing {

/// $INLAY_SHARED, or the folder `shared` beside the repository.
inline std::filesystem::path reference_data() {
  const char* folder = std::getenv("INLAY_SHARED");
  return folder != nullptr && *folder != '\0' ? std::filesystem::path(folder)
                                              : std::filesystem::path(SOURCE_DIR) / ".." / "shared";
}

/// Skips its tests where there are no reference files.
class ReferenceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(reference_data())) {
      GTEST_SKIP()
          << "no " << reference_data()
          << ": this test reads published files of other projects, which the repository does not contain";
    }
  }
};

}  // namespace inlay::testing
