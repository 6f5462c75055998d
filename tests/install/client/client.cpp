#include <cstdio>

#include "inlay/hardware/package_file.hpp"
#include "inlay/workload/scenario_file.hpp"

int main() {
  const auto scenario = inlay::workload::load_scenario("gpt2-small-resnet50");
  const auto package = inlay::hardware::load_package("het-sides-2x2");
  std::printf("%zu models on %zu chiplets\n", scenario.models.size(), package.chiplets.size());
}
