//! Single words of any script to ASCII letters, close to how the names of that script are usually
//! written in Latin: own tables for Cyrillic (Russian, Ukrainian, Serbian), Greek, Arabic with Persian, and
//! Hebrew, and some kana; `deunicode` for the rest. Knows nothing of what a word means.

use unicode_normalization::UnicodeNormalization;

/// The word in lower-case ASCII letters and digits.
pub fn romanize_word(word: &str) -> String {
    let lower: Vec<char> = word.chars().flat_map(char::to_lowercase).collect();
    match lower.iter().copied().find(|c| !c.is_ascii()) {
        None => keep_alphanumeric(lower.iter().copied()),
        Some(_) if lower.iter().any(|c| ('\u{400}'..='\u{52f}').contains(c)) => cyrillic(&lower),
        Some(_) if lower.iter().any(|c| is_greek(*c)) => greek(&lower),
        Some(_) if lower.iter().any(|c| is_arabic(*c)) => arabic(&lower),
        Some(_) if lower.iter().any(|c| ('\u{5d0}'..='\u{5ea}').contains(c)) => hebrew(&lower),
        Some(_) => other_script(&lower),
    }
}

/// Returns true if the text holds a letter that is not Latin.
pub fn has_other_script(text: &str) -> bool {
    text.chars()
        .any(|c| c.is_alphabetic() && c > '\u{24f}' && !('\u{1e00}'..='\u{1eff}').contains(&c))
}

fn is_greek(character: char) -> bool {
    matches!(character, '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}')
}

fn is_arabic(character: char) -> bool {
    matches!(character, '\u{620}'..='\u{64a}' | '\u{671}'..='\u{6d3}')
}

fn keep_alphanumeric(characters: impl Iterator<Item = char>) -> String {
    characters.filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn other_script(word: &[char]) -> String {
    let mut latin = String::with_capacity(word.len());
    for &character in word {
        let text =
            kana(character).or_else(|| deunicode::deunicode_char(character)).unwrap_or_default();
        latin.extend(
            text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()),
        );
    }
    latin
}

/// Kana whose sound is not their row's; the mark of a long consonant is left out.
fn kana(character: char) -> Option<&'static str> {
    Some(match character {
        'シ' | 'し' => "shi",
        'チ' | 'ち' => "chi",
        'ツ' | 'つ' => "tsu",
        'フ' | 'ふ' => "fu",
        'ジ' | 'じ' => "ji",
        'ッ' | 'っ' => "",
        _ => return None,
    })
}

fn cyrillic(word: &[char]) -> String {
    let has = |set: &str| word.iter().any(|c| set.contains(*c));
    let ukrainian = has("іїєґ");
    let serbian = has("јђљњћџ");
    let mut latin = String::with_capacity(word.len() * 2);
    for (index, &character) in word.iter().enumerate() {
        let regional = match character {
            'г' if ukrainian => Some("h"),
            'и' if ukrainian => Some("y"),
            'й' if ukrainian => Some("i"),
            'х' if serbian => Some("h"),
            'ц' | 'ч' if serbian => Some("c"),
            'ж' if serbian => Some("z"),
            'ш' if serbian => Some("s"),
            // The Russian endings -ий and -ый are written -y.
            'й' if index > 0 && matches!(word[index - 1], 'и' | 'ы') => Some(""),
            'и' if index + 2 == word.len() && word[index + 1] == 'й' => Some("y"),
            _ => None,
        };
        match regional.or_else(|| cyrillic_letter(character)) {
            Some(letters) => latin.push_str(letters),
            None => latin.push_str(&other_script(&[character])),
        }
    }
    latin
}

fn cyrillic_letter(character: char) -> Option<&'static str> {
    Some(match character {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' | 'ґ' => "g",
        'д' => "d",
        'е' | 'э' => "e",
        'ё' => "yo",
        'є' => "ye",
        'ж' => "zh",
        'з' => "z",
        'и' | 'і' => "i",
        'ї' => "yi",
        'й' | 'ы' => "y",
        'к' => "k",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' | 'ў' => "u",
        'ф' => "f",
        'х' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ъ' | 'ь' => "",
        'ю' => "yu",
        'я' => "ya",
        'ј' => "j",
        'ђ' => "dj",
        'љ' => "lj",
        'њ' => "nj",
        'ћ' => "c",
        'џ' => "dz",
        _ => return None,
    })
}

fn greek(word: &[char]) -> String {
    let plain: Vec<char> = word.iter().map(|c| c.nfd().next().unwrap_or(*c)).collect();
    let mut latin = String::with_capacity(plain.len() * 2);
    let mut index = 0;
    while index < plain.len() {
        let next = plain.get(index + 1).copied().unwrap_or(' ');
        let voiceless = plain.get(index + 2).is_none_or(|c| "θκξπστφχψς".contains(*c));
        let digraph = match (plain[index], next) {
            ('ο', 'υ') => Some("ou"),
            ('α', 'υ') => Some(if voiceless { "af" } else { "av" }),
            ('ε', 'υ') => Some(if voiceless { "ef" } else { "ev" }),
            ('μ', 'π') => Some(if index == 0 { "b" } else { "mp" }),
            ('ν', 'τ') => Some(if index == 0 { "d" } else { "nt" }),
            ('γ', 'κ') => Some(if index == 0 { "g" } else { "gk" }),
            ('γ', 'γ') => Some("ng"),
            ('γ', 'χ') => Some("nch"),
            _ => None,
        };
        match digraph {
            Some(letters) => latin.push_str(letters),
            None => match greek_letter(plain[index]) {
                Some(letters) => latin.push_str(letters),
                None => latin.push_str(&other_script(&plain[index..=index])),
            },
        }
        index += if digraph.is_some() { 2 } else { 1 };
    }
    latin
}

fn greek_letter(character: char) -> Option<&'static str> {
    Some(match character {
        'α' => "a",
        'β' => "v",
        'γ' => "g",
        'δ' => "d",
        'ε' => "e",
        'ζ' => "z",
        'η' | 'ι' => "i",
        'θ' => "th",
        'κ' => "k",
        'λ' => "l",
        'μ' => "m",
        'ν' => "n",
        'ξ' => "x",
        'ο' | 'ω' => "o",
        'π' => "p",
        'ρ' => "r",
        'σ' | 'ς' => "s",
        'τ' => "t",
        'υ' => "y",
        'φ' => "f",
        'χ' => "kh",
        'ψ' => "ps",
        _ => return None,
    })
}

/// Short vowels are not written: an `a` stands between consonants. Waw and ya are long vowels after
/// a consonant and consonants elsewhere. The article `al-` is left out, as it is in Latin script.
fn arabic(word: &[char]) -> String {
    let word = match word {
        ['ا', 'ل', rest @ ..] if rest.len() > 2 => rest,
        all => all,
    };
    semitic(word, |character| {
        Some(match character {
            'ا' | 'أ' | 'إ' | 'آ' | 'ٱ' | 'ة' | 'ى' | 'ع' => "a",
            'ب' => "b",
            'ت' | 'ط' => "t",
            'ث' => "th",
            'ج' => "j",
            'ح' | 'ه' | 'ھ' | 'ہ' => "h",
            'خ' => "kh",
            'د' | 'ذ' | 'ض' => "d",
            'ر' => "r",
            'ز' | 'ظ' => "z",
            'س' | 'ص' => "s",
            'ش' => "sh",
            'غ' => "gh",
            'ف' => "f",
            'ق' => "q",
            'ك' | 'ک' => "k",
            'ل' => "l",
            'م' => "m",
            'ن' => "n",
            'و' => "w",
            'ي' | 'ی' => "y",
            'ء' => "",
            'ؤ' => "u",
            'ئ' => "i",
            'پ' => "p",
            'چ' => "ch",
            'ژ' => "zh",
            'گ' => "g",
            'ڤ' => "v",
            _ => return None,
        })
    })
}

fn hebrew(word: &[char]) -> String {
    let last = word.len().saturating_sub(1);
    let mut index = 0;
    semitic(word, |character| {
        let at_end = index == last;
        index += 1;
        Some(match character {
            'א' | 'ע' => "a",
            'ב' => "b",
            'ג' => "g",
            'ד' => "d",
            'ה' if at_end => "a",
            'ה' | 'ח' => "h",
            'ו' => "w",
            'ז' => "z",
            'ט' | 'ת' => "t",
            'י' => "y",
            'כ' | 'ך' | 'ק' => "k",
            'ל' => "l",
            'מ' | 'ם' => "m",
            'נ' | 'ן' => "n",
            'ס' => "s",
            'פ' => "p",
            'ף' => "f",
            'צ' | 'ץ' => "ts",
            'ר' => "r",
            'ש' => "sh",
            _ => return None,
        })
    })
}

fn semitic(word: &[char], mut letter: impl FnMut(char) -> Option<&'static str>) -> String {
    let letters: Vec<&'static str> =
        word.iter().filter_map(|c| letter(*c)).filter(|l| !l.is_empty()).collect();
    let is_vowel = |text: &str| matches!(text, "a" | "u" | "i");
    let mut latin = String::with_capacity(letters.len() * 2);
    let mut after_consonant = false;
    for (index, &text) in letters.iter().enumerate() {
        let before_vowel = letters.get(index + 1).is_some_and(|next| is_vowel(next));
        match text {
            "w" if after_consonant && !before_vowel => latin.push('u'),
            "y" if after_consonant && !before_vowel => latin.push('i'),
            _ if is_vowel(text) => latin.push_str(text),
            _ => {
                if after_consonant {
                    latin.push('a');
                }
                latin.push_str(text);
                after_consonant = true;
                continue;
            }
        }
        after_consonant = false;
    }
    latin
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_written_as_their_scripts_are_usually_romanized() {
        let cases = [
            ("Сергей", "sergey"),
            ("Сергій", "serhii"),
            ("Ђорђевић", "djordjevic"),
            ("Вячеслав", "vyacheslav"),
            ("Достоевский", "dostoevsky"),
            ("Παπανδρέου", "papandreou"),
            ("Μητσοτάκης", "mitsotakis"),
            ("Ευάγγελος", "evangelos"),
            ("محمد", "mahamad"),
            ("حسين", "hasin"),
            ("السوداني", "sudani"),
            ("דוד", "dud"),
            ("משה", "masha"),
            ("김", "gim"),
            ("李", "li"),
            ("Ødegård", "odegard"),
        ];
        for (word, latin) in cases {
            assert_eq!(romanize_word(word), latin, "{word}");
        }
    }

    proptest! {
        #[test]
        fn any_word_becomes_ascii(word in any::<String>()) {
            prop_assert!(romanize_word(&word).bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase()));
        }
    }
}
