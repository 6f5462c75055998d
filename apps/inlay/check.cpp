// inlay check: are these files right?
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "inlay/base/error.hpp"
#include "inlay/studies/studies.hpp"
#include "inlay/verify/input_file.hpp"

namespace inlay::app {
namespace {

/// Studies stand above the room that knows all other kinds of files.
constexpr const char* kStudy = "study";

struct Options {
  std::vector<std::string> files;
  std::string kind;
  bool json = false;
};

/// What is said of one file: 0, 1 or 2 as for a whole command.
struct Verdict {
  std::string file;
  int code = 0;
  std::string text;
};

Verdict examine(const std::string& file, const Options& options) {
  try {
    if (options.kind.empty() ? studies::is_study_file(file) : options.kind == kStudy) {
      return {file, 0, studies::check_study_file(file)};
    }
    const verify::InputKind kind =
        options.kind.empty() ? verify::recognise(file) : verify::input_kind_named(options.kind);
    return {file, 0, verify::check_input(file, kind)};
  } catch (const base::InfeasibleError& error) {
    return {file, 1, error.what()};
  } catch (const base::InputError& error) {
    return {file, 2, error.what()};
  }
}

int run(const Options& options) {
  int code = 0;
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const std::string& file : options.files) {
    const Verdict verdict = examine(file, options);
    code = std::max(code, verdict.code);
    if (options.json) {
      all.push_back({{"file", verdict.file},
                     {"right", verdict.code == 0},
                     {verdict.code == 0 ? "is" : "error", verdict.text}});
    } else if (verdict.code == 0) {
      fmt::print("{}: {}\n", verdict.file, verdict.text);
    }
    if (verdict.code != 0) {
      fmt::print(stderr, "inlay: error: {}\n", verdict.text);
    }
  }
  if (options.json) {
    fmt::print("{}\n", all.dump(2));
  }
  return code;
}

}  // namespace

void add_check(CLI::App& program, Action& chosen) {
  auto options = std::make_shared<Options>();
  Command command(program, "check", "Says of each file what it is and whether it is right",
                  "inlay check my-model.yaml my-package.yaml");
  command.positionals("FILE", options->files, "files of any kind, recognised by their keys");
  command.option("--as", options->kind, "KIND", "what they are meant to be, instead of recognising them");
  command.flag("--json", options->json, "print JSON alone");
  command.finish(chosen, [options] { return run(*options); });
}

}  // namespace inlay::app
