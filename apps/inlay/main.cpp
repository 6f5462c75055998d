// The command line of Inlay: which command runs, and what becomes of its errors.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "command.hpp"
#include "inlay/base/error.hpp"
#include "inlay/base/version.hpp"

namespace {

using namespace inlay;

constexpr int kNo = 1;
constexpr int kWrongInput = 2;
constexpr int kDefect = 3;

/// Every subcommand, in the order in which --help shows them.
constexpr std::array kCommands = {
    app::add_schedule, app::add_compare, app::add_cost, app::add_verify,
    app::add_check,    app::add_list,    app::add_show,
};

std::vector<std::string> command_names(const CLI::App& program) {
  std::vector<std::string> names;
  for (const CLI::App* command : program.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  return names;
}

/// CLI11 tells what it did not expect; this adds what the user may have meant.
std::string explain(const CLI::App& program, const CLI::ParseError& error, int argc, char** argv) {
  const std::vector<std::string> commands = command_names(program);
  if (argc > 1 && argv[1][0] != '-' &&
      std::find(commands.begin(), commands.end(), argv[1]) == commands.end()) {
    return fmt::format("'{}' is no command; {}", argv[1], base::allowed_values(argv[1], commands));
  }
  const auto chosen = program.get_subcommands();
  const CLI::App& command = chosen.empty() ? program : *chosen.front();
  std::string message = error.what();
  for (const std::string& word : command.remaining(true)) {
    if (word.starts_with("--")) {
      std::vector<std::string> names;
      for (const CLI::Option* option : command.get_options()) {
        for (const std::string& name : option->get_lnames()) {
          names.push_back("--" + name);
        }
      }
      return fmt::format("'{}' is no option of '{}'; {}", word, command.get_name(),
                         base::allowed_values(word, names));
    }
  }
  if (const auto end = message.find_last_not_of("\n. "); end != std::string::npos) {
    message.resize(end + 1);
  }
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
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {
      return program.exit(error);
    }
    throw base::InputError(explain(program, error, argc, argv));
  }
  return chosen();
}

int fail(int code, const std::string& message) {
  std::fflush(stdout);
  fmt::print(stderr, "inlay: error: {}\n", message);
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const base::InputError& error) {
    return fail(kWrongInput, error.what());
  } catch (const base::InfeasibleError& error) {
    return fail(kNo, error.what());
  } catch (const std::bad_alloc&) {
    return fail(kDefect, "out of memory");
  } catch (const std::exception& error) {
    return fail(kDefect, fmt::format("{} (this is a defect of Inlay; please report it)", error.what()));
  }
}
