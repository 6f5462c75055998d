#pragma once

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

namespace inlay::testing {

/// Whether a page is well formed as XML is, save for its doctype: every tag closed in order, attributes
/// quoted, none twice in a tag, `<`, `>` and `&` only where they mean something. Contents of <script> and
/// <style> are skipped. Knows nothing of report::Markup.
class MarkupChecker {
 public:
  explicit MarkupChecker(std::string_view text) : text_(text) {}

  /// The first fault, or nothing.
  std::string fault() {
    while (fault_.empty() && at_ < text_.size()) {
      if (text_[at_] != '<') {
        character();
      } else if (starts("<!")) {
        comment();
      } else if (starts("</")) {
        closing_tag();
      } else {
        opening_tag();
      }
    }
    if (fault_.empty() && !open_.empty()) {
      fault_ = "<" + open_.back() + "> is never closed";
    }
    return fault_;
  }

 private:
  bool starts(std::string_view what) const {
    return text_.substr(std::min(at_, text_.size())).starts_with(what);
  }

  void fail(const std::string& what) {
    fault_ = what + " at " + std::to_string(at_) + ": " +
             std::string(text_.substr(std::min(at_, text_.size()), 60));
  }

  std::string name() {
    const std::size_t start = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 ||
                                  text_[at_] == '-' || text_[at_] == ':')) {
      ++at_;
    }
    return std::string(text_.substr(start, at_ - start));
  }

  void character() {
    constexpr std::array<std::string_view, 5> kEntities = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    const bool entity = std::any_of(kEntities.begin(), kEntities.end(),
                                    [this](std::string_view known) { return starts(known); });
    if (text_[at_] == '<' || text_[at_] == '>' || (text_[at_] == '&' && !entity)) {
      fail("not escaped");
    } else {
      ++at_;
    }
  }

  void comment() {
    const std::string_view end = starts("<!--") ? "-->" : ">";
    const std::size_t found = text_.find(end, at_);
    if (found == std::string_view::npos) {
      fail("no end");
    } else {
      at_ = found + end.size();
    }
  }

  void closing_tag() {
    at_ += 2;
    const std::string tag = name();
    if (open_.empty() || open_.back() != tag || !starts(">")) {
      fail("closes what is not open");
    } else {
      open_.pop_back();
      ++at_;
    }
  }

  void opening_tag() {
    ++at_;
    const std::string tag = name();
    if (tag.empty()) {
      fail("a tag without name");
    }
    std::vector<std::string> seen;
    while (fault_.empty() && starts(" ")) {
      ++at_;
      attribute(seen);
    }
    if (!fault_.empty()) {
      return;
    }
    if (starts("/>")) {
      at_ += 2;
    } else if (!starts(">")) {
      fail("a tag without end");
    } else {
      ++at_;
      open_.push_back(tag);
      if (tag == "script" || tag == "style") {
        at_ = std::min(text_.find("</" + tag + ">", at_), text_.size());
      }
    }
  }

  void attribute(std::vector<std::string>& seen) {
    const std::string attribute = name();
    if (attribute.empty() || !starts("=\"")) {
      return fail("an attribute without a quoted value");
    }
    if (std::find(seen.begin(), seen.end(), attribute) != seen.end()) {
      return fail("an attribute twice");
    }
    seen.push_back(attribute);
    at_ += 2;
    while (fault_.empty() && at_ < text_.size() && text_[at_] != '"') {
      character();
    }
    ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::string> open_;
  std::string fault_;
};

inline std::string markup_fault(std::string_view text) {
  return MarkupChecker(text).fault();
}

}  // namespace inlay::testing
