// inlay simulate: how long does a schedule take when its transfers share links and memory?
#include <fmt/format.h>

#include <memory>

#include "command.hpp"
#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/report/files/replay_json.hpp"
#include "inlay/report/text/replay_text.hpp"
#include "inlay/schedule/check.hpp"
#include "inlay/schedule/schedule_json.hpp"
#include "inlay/simulate/trace.hpp"
#include "replay_options.hpp"

namespace inlay::app {
namespace {

struct Options {
  std::string file;
  std::string trace;
  ReplayChoices replay;
  bool json = false;
};

int run(const Options& options) {
  simulate::ReplayOptions how = replay_options(options.replay);
  how.keep_timeline = !options.trace.empty();
  const schedule::ScheduleDocument document =
      schedule::read_document(base::read_file(options.file), options.file);
  schedule::Problem problem = document.problem;
  problem.repeated = false;  // a replay is one pass
  if (const auto wrong = schedule::check(problem, document.schedule); !wrong.empty()) {
    throw base::InputError(
        fmt::format("{}: no valid schedule of this problem: {}", options.file, wrong.front()));
  }
  const evaluate::ScheduleCost cost = evaluate::evaluate_reference(problem, document.schedule);
  const simulate::Replay replay = simulate::replay(problem, document.schedule, how);
  if (how.keep_timeline) {
    base::write_file(options.trace, simulate::trace_json(problem, document.schedule, replay));
  }
  fmt::print("{}", options.json ? report::files::replay_json(problem, cost, replay)
                                : report::text::replay_text(problem, cost, replay));
  return 0;
}

}  // namespace

void add_simulate(CLI::App& program, Action& chosen) {
  auto options = std::make_shared<Options>();
  Command command(program, "simulate",
                  "Replays a schedule as events on shared links and memory, beside what is reported of it",
                  "inlay simulate inlay-out/schedule.json --trace trace.json");
  command.positional("SCHEDULE.json", options->file, "a schedule that 'inlay schedule --out' wrote");
  command.option("--trace", options->trace, "FILE", "write every activity there, for ui.perfetto.dev");
  declare(command, options->replay);
  command.flag("--json", options->json, "print JSON alone");
  command.finish(chosen, [options] { return run(*options); });
}

}  // namespace inlay::app
