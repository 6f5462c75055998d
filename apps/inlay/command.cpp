#include "command.hpp"

#include <CLI/CLI.hpp>

namespace inlay::app {

Command::Command(CLI::App& program, const std::string& name, const std::string& description,
                 const std::string& example)
    : command_(program.add_subcommand(name, description)) {
  command_->footer("Example:\n  " + example);
}

void Command::positional(const std::string& name, std::string& target, const std::string& help) {
  command_->add_option(name, target, help)->type_name("")->required();
}

void Command::optional_positional(const std::string& name, std::string& target, const std::string& help) {
  command_->add_option(name, target, help)->type_name("");
}

void Command::positionals(const std::string& name, std::vector<std::string>& target,
                          const std::string& help) {
  command_->add_option(name, target, help)->type_name("")->required();
}

void Command::option(const std::string& name, std::string& target, const std::string& placeholder,
                     const std::string& help) {
  command_->add_option(name, target, help)->type_name(placeholder)->check([](const std::string& value) {
    return value.empty() ? std::string("the value is empty") : std::string();
  });
}

void Command::option(const std::string& name, std::int64_t& target, std::int64_t lowest, std::int64_t highest,
                     const std::string& help) {
  command_->add_option(name, target, help)
      ->type_name("N")
      ->check(CLI::Range(lowest, highest))
      ->capture_default_str();
}

void Command::options(const std::string& name, std::vector<std::string>& target,
                      const std::string& placeholder, const std::string& help) {
  // Without this, `--package A SCENARIO` would take the scenario for a second package.
  command_->add_option(name, target, help + " (may be repeated)")
      ->type_name(placeholder)
      ->allow_extra_args(false);
}

void Command::flag(const std::string& name, bool& target, const std::string& help) {
  command_->add_flag(name, target, help);
}

void Command::require(const std::string& name) {
  command_->get_option(name)->required();
}

void Command::finish(Action& chosen, Action run) {
  command_->callback([&chosen, run = std::move(run)] { chosen = run; });
}

}  // namespace inlay::app
