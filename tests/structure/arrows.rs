//! Reads the dependencies between the files of a crate: `use` lines and paths in code, followed through re-exports to
//! the file that declares the name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A module: its declared names, its imports, and the paths in its code.
#[derive(Default)]
struct Module {
    file: PathBuf,
    declared: BTreeSet<String>,
    /// For each imported name the path that it was imported from: modules, and the last name.
    imports: BTreeMap<String, Vec<String>>,
    globs: Vec<Vec<String>>,
    /// Paths in the code, outside imports.
    paths: Vec<Vec<String>>,
}

/// The modules of a crate by their path; the root is the empty one.
pub struct Crate {
    modules: BTreeMap<Vec<String>, Module>,
}

/// A token: a name of Rust code, or one of the characters that matter here.
#[derive(Clone, Debug, PartialEq)]
enum Token {
    Name(String),
    Path,
    Other(char),
}

/// The tokens of a text without comments and literals.
fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let (mut found, mut at) = (Vec::new(), 0);
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    while let Some(&c) = chars.get(at) {
        let next = chars.get(at + 1).copied().unwrap_or(' ');
        if c == '/' && next == '/' {
            at += chars[at..].iter().take_while(|c| **c != '\n').count();
        } else if c == 'r'
            && (next == '"' || next == '#')
            && !is_name(*chars.get(at.wrapping_sub(1)).unwrap_or(&' '))
        {
            let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
            if chars.get(at + 1 + hashes) != Some(&'"') {
                at += 1;
                continue;
            }
            at += 2 + hashes;
            let end: Vec<char> = std::iter::once('"').chain(vec!['#'; hashes]).collect();
            while at < chars.len() && !chars[at..].starts_with(&end) {
                at += 1;
            }
            at += end.len();
        } else if c == '"' {
            at += 1;
            while at < chars.len() && chars[at] != '"' {
                at += if chars[at] == '\\' { 2 } else { 1 };
            }
            at += 1;
        } else if c == '\'' {
            // A character, or the name of a lifetime or loop.
            at += match (next, chars.get(at + 2)) {
                ('\\', _) => 2 + chars[at + 3..].iter().take_while(|c| **c != '\'').count() + 2,
                (_, Some('\'')) => 3,
                _ => 1 + chars[at + 1..].iter().take_while(|c| is_name(**c)).count(),
            };
        } else if is_name(c) {
            let name: String = chars[at..].iter().take_while(|c| is_name(**c)).collect();
            at += name.chars().count();
            found.push(Token::Name(name));
        } else if c == ':' && next == ':' {
            found.push(Token::Path);
            at += 2;
        } else {
            if !c.is_whitespace() {
                found.push(Token::Other(c));
            }
            at += 1;
        }
    }
    found
}

/// Splits the tree of a `use` line into paths, each with the name that it gets; `*` for all.
fn tree(
    tokens: &[Token],
    at: &mut usize,
    before: &[String],
    found: &mut Vec<(Vec<String>, String)>,
) {
    let mut path = before.to_vec();
    loop {
        match tokens.get(*at) {
            Some(Token::Name(name)) if name == "as" => {
                *at += 1;
                if let Some(Token::Name(name)) = tokens.get(*at) {
                    found.push((path, name.clone()));
                }
                *at += 1;
                return;
            }
            Some(Token::Name(name)) => path.push(name.clone()),
            Some(Token::Path) => {}
            Some(Token::Other('*')) => {
                *at += 1;
                found.push((path, "*".to_owned()));
                return;
            }
            Some(Token::Other('{')) => {
                *at += 1;
                while tokens.get(*at).is_some_and(|it| *it != Token::Other('}')) {
                    tree(tokens, at, &path, found);
                    if tokens.get(*at) == Some(&Token::Other(',')) {
                        *at += 1;
                    }
                }
                *at += 1;
                return;
            }
            _ => {
                if path.len() > before.len() {
                    let itself = path.last().is_some_and(|name| name == "self");
                    if itself {
                        path.pop();
                    }
                    let name = path.last().cloned().unwrap_or_default();
                    found.push((path, name));
                }
                return;
            }
        }
        *at += 1;
    }
}

const DECLARES: [&str; 9] =
    ["struct", "enum", "trait", "type", "fn", "const", "static", "union", "macro_rules"];

impl Module {
    fn read(file: &Path) -> Self {
        let text = std::fs::read_to_string(file).unwrap();
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let tokens = tokens(text);
        let mut module = Self { file: file.to_owned(), ..Self::default() };
        let (mut at, mut depth) = (0, 0usize);
        while let Some(token) = tokens.get(at) {
            at += 1;
            match token {
                Token::Other('{') => depth += 1,
                Token::Other('}') => depth = depth.saturating_sub(1),
                Token::Name(word) if word == "use" => {
                    let mut found = Vec::new();
                    tree(&tokens, &mut at, &[], &mut found);
                    for (path, name) in found {
                        if name == "*" {
                            module.globs.push(path);
                        } else if name == "_" {
                            module.paths.push(path);
                        } else {
                            module.imports.insert(name, path);
                        }
                    }
                }
                Token::Name(word) if depth == 0 && DECLARES.contains(&word.as_str()) => {
                    if tokens.get(at) == Some(&Token::Other('!')) {
                        at += 1;
                    }
                    if let Some(Token::Name(name)) = tokens.get(at) {
                        module.declared.insert(name.clone());
                    }
                }
                // `mod name;` declares a file; what stands in it is read there.
                Token::Name(word) if word == "mod" => at += 1,
                Token::Name(name) => {
                    let method = at >= 2 && tokens[at - 2] == Token::Other('.');
                    let mut path = vec![name.clone()];
                    while tokens.get(at) == Some(&Token::Path) {
                        let Some(Token::Name(next)) = tokens.get(at + 1) else { break };
                        path.push(next.clone());
                        at += 2;
                    }
                    if !method {
                        module.paths.push(path);
                    }
                }
                Token::Path | Token::Other(_) => {}
            }
        }
        module
    }
}

impl Crate {
    /// Reads the sources under a folder, tests left out.
    pub fn read(root: &Path, files: &[PathBuf]) -> Self {
        let mut modules = BTreeMap::new();
        for file in files {
            let within = file.strip_prefix(root).unwrap().with_extension("");
            let mut path: Vec<String> =
                within.iter().map(|it| it.to_str().unwrap().to_owned()).collect();
            if path.iter().any(|name| name == "tests") {
                continue;
            }
            if path.last().is_some_and(|name| ["mod", "lib", "main"].contains(&name.as_str())) {
                path.pop();
            }
            modules.insert(path, Module::read(file));
        }
        Self { modules }
    }

    /// Finds the module that declares the last name of a path, which is written in another module.
    fn declared_at(&self, from: &[String], path: &[String], depth: usize) -> Option<Vec<String>> {
        if depth > 20 {
            return None;
        }
        let mut here = from.to_vec();
        let mut rest = path;
        loop {
            match rest.first().map(String::as_str) {
                Some("crate") => here.clear(),
                Some("self") => {}
                Some("super") => {
                    here.pop()?;
                }
                _ => break,
            }
            rest = &rest[1..];
        }
        let [first, others @ ..] = rest else { return None };
        let module = self.modules.get(&here)?;
        let mut child = here.clone();
        child.push(first.clone());
        if self.modules.contains_key(&child) && !others.is_empty() {
            let within: Vec<String> =
                std::iter::once("self".to_owned()).chain(others.iter().cloned()).collect();
            return self.declared_at(&child, &within, depth + 1);
        }
        if module.declared.contains(first) {
            return Some(here);
        }
        if let Some(import) = module.imports.get(first).filter(|it| it.first() != Some(first)) {
            let whole: Vec<String> = import.iter().chain(others).cloned().collect();
            return self.declared_at(&here, &whole, depth + 1);
        }
        module.globs.iter().find_map(|glob| {
            let whole: Vec<String> = glob.iter().chain(rest).cloned().collect();
            self.declared_at(&here, &whole, depth + 1)
        })
    }

    /// Returns for each file the files that it uses, each with the paths that it names of it.
    pub fn arrows(&self) -> Arrows<'_> {
        let mut arrows = Arrows::new();
        for (path, module) in &self.modules {
            let to = arrows.entry(module.file.as_path()).or_default();
            // A re-exported name is used by the file that imports it, not by the one that re-exports it.
            for named in &module.paths {
                let Some(at) = self.declared_at(path, named, 0) else { continue };
                // The own file of a folder is its face: it and the files of the folder may use each other.
                let Some(used) = self.modules.get(&at).filter(|_| !path.starts_with(&at)) else {
                    continue;
                };
                let names: &mut BTreeSet<String> = to.entry(used.file.as_path()).or_default();
                names.insert(named.join("::"));
            }
        }
        arrows
    }
}

/// For each file the files that it uses, each with the paths that it names of it.
pub type Arrows<'a> = BTreeMap<&'a Path, BTreeMap<&'a Path, BTreeSet<String>>>;

/// Returns the circles: sets of files, each of which is reached from each other one.
pub fn circles<'a>(arrows: &Arrows<'a>) -> Vec<BTreeSet<&'a Path>> {
    let reach = |from: &'a Path| {
        let (mut seen, mut next) = (BTreeSet::new(), vec![from]);
        while let Some(file) = next.pop() {
            let to = arrows.get(file).into_iter().flat_map(BTreeMap::keys);
            next.extend(to.filter(|to| seen.insert(**to)));
        }
        seen
    };
    let reached: BTreeMap<&Path, BTreeSet<&Path>> =
        arrows.keys().map(|file| (*file, reach(file))).collect();
    let circle = |file: &&'a Path| -> BTreeSet<&'a Path> {
        let back = |to: &&&Path| reached.get(**to).is_some_and(|it| it.contains(*file));
        reached[*file].iter().filter(back).copied().collect()
    };
    let found: BTreeSet<BTreeSet<&Path>> = arrows.keys().map(circle).collect();
    found.into_iter().filter(|circle| circle.len() > 1).collect()
}
