#include "inlay/report/page/html_markup.hpp"

#include <fmt/format.h>

#include <cmath>

#include "inlay/base/error.hpp"

namespace inlay::report::page {

std::string escape_html(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += (code < 0x20 && c != '\n' && c != '\t') || code == 0x7f ? '?' : c;
    }
  }
  return escaped;
}

Markup::Attribute::Attribute(std::string_view attribute, double number)
    : name(attribute), value(fmt::format("{}", std::round(number * 100.0) / 100.0)) {}

Markup::Attribute::Attribute(std::string_view attribute, int number)
    : name(attribute), value(fmt::format("{}", number)) {}

void Markup::start(std::string_view tag, Attributes attributes) {
  text_ += fmt::format("<{}", tag);
  for (const Attribute& attribute : attributes) {
    text_ += fmt::format(" {}=\"{}\"", attribute.name, escape_html(attribute.value));
  }
}

Markup& Markup::open(std::string_view tag, Attributes attributes) {
  start(tag, attributes);
  text_ += '>';
  open_.emplace_back(tag);
  return *this;
}

Markup& Markup::close() {
  if (open_.empty()) {
    throw base::DefectError("a tag is closed that was never opened");
  }
  text_ += fmt::format("</{}>\n", open_.back());
  open_.pop_back();
  return *this;
}

Markup& Markup::text(std::string_view text) {
  text_ += escape_html(text);
  return *this;
}

Markup& Markup::leaf(std::string_view tag, std::string_view content, Attributes attributes) {
  return open(tag, attributes).text(content).close();
}

Markup& Markup::empty(std::string_view tag, Attributes attributes) {
  start(tag, attributes);
  text_ += "/>\n";
  return *this;
}

Markup& Markup::append(std::string_view finished) {
  text_ += finished;
  return *this;
}

std::string Markup::finish() const {
  if (!open_.empty()) {
    throw base::DefectError(fmt::format("<{}> is never closed", open_.back()));
  }
  return text_;
}

}  // namespace inlay::report::page
