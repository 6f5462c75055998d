#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inlay::report::page {

/// `text` as it may stand between tags or in a quoted attribute: & < > " ' escaped, and control characters,
/// which no page may hold, replaced.
std::string escape_html(std::string_view text);

/// Writes HTML and SVG. Whatever is said goes through `escape_html` here, so that no name of the user's can
/// become markup, and every tag that is opened is closed.
class Markup {
 public:
  struct Attribute {
    Attribute(std::string_view attribute, std::string text) : name(attribute), value(std::move(text)) {}
    Attribute(std::string_view attribute, const char* text) : name(attribute), value(text) {}
    /// Coordinates: at most two decimals, a hundredth of a pixel.
    Attribute(std::string_view attribute, double number);
    Attribute(std::string_view attribute, int number);
    std::string_view name;
    std::string value;
  };
  using Attributes = std::initializer_list<Attribute>;

  Markup& open(std::string_view tag, Attributes attributes = {});
  Markup& close();
  Markup& text(std::string_view text);
  /// <tag ...>text</tag>
  Markup& leaf(std::string_view tag, std::string_view text, Attributes attributes = {});
  /// <tag .../>
  Markup& empty(std::string_view tag, Attributes attributes = {});
  /// What another Markup has finished, or a style sheet or script of our own: taken as it is.
  Markup& append(std::string_view finished);
  /// Throws base::DefectError if a tag is still open.
  std::string finish() const;

 private:
  void start(std::string_view tag, Attributes attributes);
  std::string text_;
  std::vector<std::string> open_;
};

}  // namespace inlay::report::page
