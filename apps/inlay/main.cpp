// The command line of Inlay: which command runs, and what becomes of its errors.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <string>
#include <system_error>
#include <vector>

#include "command.hpp"
#include "inlay/base/error.hpp"
#include "inlay/base/version.hpp"
#include "progress_line.hpp"

namespace {

using namespace inlay;

constexpr int kNo = 1;
constexpr int kWrongInput = 2;
constexpr int kDefect = 3;

/// Every subcommand, in the order in which --help shows them.
constexpr std::array kCommands = {
    app::add_schedule, app::add_compare, app::add_study, app::add_cost, app::add_import, app::add_verify,
    app::add_simulate, app::add_explain, app::add_check, app::add_list, app::add_show,   app::add_report,
};

/// CLI11 would answer `inlay shedule --help` with the help of the whole program.
void refuse_unknown_command(const CLI::App& program, const std::string& word) {
  std::vector<std::string> names;
  for (const CLI::App* command : program.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  if (!word.starts_with('-') && std::find(names.begin(), names.end(), word) == names.end()) {
    throw base::InputError(fmt::format("'{}' is no command; {}", word, base::allowed_values(word, names)));
  }
}

std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      names.push_back("--" + name);
    }
  }
  return names;
}

/// CLI11 tells what it did not expect; this adds what the user may have meant.
std::string explain(const CLI::App& program, const CLI::ParseError& error) {
  const auto chosen = program.get_subcommands();
  const CLI::App& command = chosen.empty() ? program : *chosen.front();
  for (const std::string& word : command.remaining(true)) {
    if (word.starts_with("--")) {
      return fmt::format("'{}' is no option of '{}'; {}", word, command.get_name(),
                         base::allowed_values(word, option_names(command)));
    }
  }
  std::string message = error.what();
  message.erase(message.find_last_not_of("\n. ") + 1);
  const std::string help =
      chosen.empty() ? "inlay --help" : fmt::format("inlay {} --help", command.get_name());
  return fmt::format("{}; see '{}'", message, help);
}

int run(int argc, char** argv) {
  CLI::App program{
      "Inlay schedules several neural networks at once onto a package of heterogeneous chiplets.", "inlay"};
  program.set_version_flag("--version", fmt::format("inlay {}", base::version()));
  program.require_subcommand(1);
  program.footer(
      "Every command explains itself: inlay COMMAND --help\nExample:\n"
      "  inlay schedule gpt2-resnet50 --package het-sides-2x2");
  app::Action chosen;
  for (const app::AddCommand add : kCommands) {
    add(program, chosen);
  }
  if (argc > 1) {
    refuse_unknown_command(program, argv[1]);
  }
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {
      return program.exit(error);
    }
    throw base::InputError(explain(program, error));
  }
  return chosen();
}

int fail(int code, const std::string& message) {
  app::end_progress();
  std::fflush(stdout);
  fmt::print(stderr, "inlay: error: {}\n", message);
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const int code = run(argc, argv);
    // What is still in the buffer may not fit the disk.
    const bool lost = std::fflush(stdout) != 0 || std::ferror(stdout) != 0;
    return lost ? fail(kWrongInput, "standard output cannot be written") : code;
  } catch (const base::InputError& error) {
    return fail(kWrongInput, error.what());
  } catch (const base::InfeasibleError& error) {
    return fail(kNo, error.what());
  } catch (const std::system_error& error) {
    // A full disk, a closed pipe, a path that the system refuses.
    return fail(kWrongInput, error.what());
  } catch (const std::bad_alloc&) {
    return fail(kDefect, "out of memory");
  } catch (const std::exception& error) {
    return fail(kDefect, fmt::format("{} (this is a defect of Inlay; please report it)", error.what()));
  }
}
