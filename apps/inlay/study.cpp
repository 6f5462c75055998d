// inlay study: a paper's experiment again, beside what it published.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>

#include "command.hpp"
#include "inlay/base/error.hpp"
#include "inlay/report/files/output_folder.hpp"
#include "inlay/studies/studies.hpp"
#include "interrupt.hpp"
#include "progress_line.hpp"

namespace inlay::app {
namespace {

struct Options {
  std::string study;
  std::string out;
  std::string data;
  std::int64_t threads = 0;
  bool quick = false;
  bool json = false;
};

constexpr std::int64_t kMostThreads = 1024;

/// What of a study is finished, so that an interrupted run can go on.
std::string progress_file(const std::string& study) {
  return fmt::format("study-{}.progress.jsonl", study);
}

studies::StudyAnswer answer_of(const Options& options) {
  studies::StudyOptions how;
  how.quick = options.quick;
  how.data = options.data;
  how.threads = static_cast<int>(options.threads);
  how.interrupted = &catch_interrupt();
  if (!options.out.empty()) {
    how.journal = std::filesystem::path(options.out) / progress_file(options.study);
  }
  how.progress = [](std::size_t done, std::size_t all) {
    show_progress(fmt::format("{} of {} searched", done, all));
  };
  studies::StudyAnswer answer = studies::run_study(options.study, how);
  end_progress();
  return answer;
}

int run(const Options& options) {
  studies::require_study(options.study);
  if (!options.data.empty() && !studies::takes_data(options.study)) {
    throw base::InputError(fmt::format("--data: study '{}' takes no folder of measurements", options.study));
  }
  const std::string file = fmt::format("study-{}.json", options.study);
  std::optional<report::files::OutputFolder> folder;
  if (!options.out.empty()) {
    std::vector<std::string> names = studies::study_files(options.study);
    names.insert(names.end(), {file, progress_file(options.study)});
    folder.emplace(options.out, names);
  }
  const studies::StudyAnswer answer = answer_of(options);
  if (folder) {
    folder->write(file, answer.json);
    for (const studies::StudyFile& drawing : answer.files) {
      folder->write(drawing.name, drawing.content);
    }
  }
  fmt::print("{}", options.json ? answer.json : answer.text);
  return 0;
}

}  // namespace

void add_study(CLI::App& program, Action& chosen) {
  auto options = std::make_shared<Options>();
  Command command(program, "study", "Re-creates a paper's experiment beside its published numbers",
                  "inlay study 2312.09401 --quick");
  command.positional("STUDY", options->study, "which one ('inlay list studies')");
  command.flag("--quick", options->quick, "only a small subset of its points, in seconds");
  command.option("--out", options->out, "DIR",
                 "write study-STUDY.json there, and what is finished: an interrupted run goes on");
  command.option(
      "--data", options->data, "DIR",
      "for 'silicon': a folder of measurements (docs/studies/silicon.md) in the place of the shipped rows");
  command.flag("--json", options->json, "print JSON alone (the content of study-STUDY.json)");
  command.option("--threads", options->threads, 0, kMostThreads, "0: all cores");
  command.finish(chosen, [options] { return run(*options); });
}

}  // namespace inlay::app
