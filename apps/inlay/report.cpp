// inlay report: what a folder of results says, as one page.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "command.hpp"
#include "inlay/base/counted.hpp"
#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/report/files/output_folder.hpp"
#include "inlay/report/page/page.hpp"

namespace inlay::app {
namespace {

struct Options {
  std::string folder;
  std::string output;
  std::string picture;
};

/// A page is no drawing: an ending that says otherwise would put one in the place of the other.
std::string output_of(const Options& options) {
  const bool page = options.picture.empty();
  if (options.output.empty()) {
    return page ? "report.html" : options.picture + ".svg";
  }
  const std::string ending = std::filesystem::path(options.output).extension().string();
  if (ending == (page ? ".svg" : ".html")) {
    throw base::InputError(fmt::format("-o {}: {} is written as {}", options.output,
                                       page ? "the page" : "a drawing", page ? ".html" : ".svg"));
  }
  return options.output;
}

int run(const Options& options) {
  const std::vector<std::string> pictures = report::page::picture_names();
  if (!options.picture.empty() &&
      std::find(pictures.begin(), pictures.end(), options.picture) == pictures.end()) {
    throw base::InputError(fmt::format("--picture: '{}' is no drawing; {}", options.picture,
                                       base::allowed_values(options.picture, pictures)));
  }
  const std::string output = output_of(options);
  report::files::refuse_foreign_file(output);
  const report::page::PageInput input = report::page::read_page_input(options.folder);
  base::write_file(output, options.picture.empty() ? report::page::report_page(input)
                                                   : report::page::picture(input, options.picture));
  fmt::print("{}: {}\n", output,
             options.picture.empty() ? base::counted(input.schedules.size(), "schedule")
                                     : report::page::picture_title(input, options.picture));
  return 0;
}

}  // namespace

void add_report(CLI::App& program, Action& chosen) {
  auto options = std::make_shared<Options>();
  Command command(program, "report", "Shows results as one HTML page that opens without network",
                  "inlay report inlay-out -o report.html");
  command.positional("DIR", options->folder,
                     "a folder that 'inlay schedule --out' or 'inlay compare --out' has written");
  command.option("-o,--output", options->output, "FILE",
                 "the file to write; default: report.html, or NAME.svg of a drawing");
  command.option("--picture", options->picture, "NAME",
                 "write only this drawing of the best schedule, as SVG: map, gantt or front");
  command.finish(chosen, [options] { return run(*options); });
}

}  // namespace inlay::app
