#include <CLI/CLI.hpp>
#include <string>

#include "inlay/base/version.hpp"

int main(int argc, char** argv) {
  CLI::App app{"Inlay schedules several neural networks at once onto a package of heterogeneous chiplets."};
  app.set_version_flag("--version", std::string(inlay::base::version()));
  CLI11_PARSE(app, argc, argv);
  return 0;
}
