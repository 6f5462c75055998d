#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace inlay::app {

/// What a command does once its options are read; returns the exit code (docs/commands.md "Exit codes").
using Action = std::function<int()>;

/// A subcommand while its options are being declared. Options write into variables that must outlive the
/// parsing: each command keeps them in a shared struct that its action holds.
class Command {
 public:
  /// Adds a subcommand to the program; `example` is one command line shown by --help and run by the tests.
  Command(CLI::App& program, const std::string& name, const std::string& description,
          const std::string& example);

  void positional(const std::string& name, std::string& target, const std::string& help);
  /// One that may be left out.
  void optional_positional(const std::string& name, std::string& target, const std::string& help);
  void positionals(const std::string& name, std::vector<std::string>& target, const std::string& help);
  void option(const std::string& name, std::string& target, const std::string& placeholder,
              const std::string& help);
  void option(const std::string& name, std::int64_t& target, std::int64_t lowest, std::int64_t highest,
              const std::string& help);
  /// May be given several times.
  void options(const std::string& name, std::vector<std::string>& target, const std::string& placeholder,
               const std::string& help);
  void flag(const std::string& name, bool& target, const std::string& help);
  /// The command line is wrong without this option.
  void require(const std::string& name);
  /// `run` is called after the whole command line has been read.
  void finish(Action& chosen, Action run);

 private:
  CLI::App* command_;
};

/// Declares one subcommand; when it is the one that the user wants, its action becomes `chosen`.
using AddCommand = void (*)(CLI::App& program, Action& chosen);

/// One per file of this folder.
void add_schedule(CLI::App& program, Action& chosen);
void add_compare(CLI::App& program, Action& chosen);
void add_cost(CLI::App& program, Action& chosen);
void add_import(CLI::App& program, Action& chosen);
void add_verify(CLI::App& program, Action& chosen);
void add_simulate(CLI::App& program, Action& chosen);
void add_explain(CLI::App& program, Action& chosen);
void add_check(CLI::App& program, Action& chosen);
void add_list(CLI::App& program, Action& chosen);
void add_show(CLI::App& program, Action& chosen);
void add_report(CLI::App& program, Action& chosen);
void add_study(CLI::App& program, Action& chosen);

}  // namespace inlay::app
