//! `accord token`: bearer tokens of users and of the deployment's operators.

use std::process::ExitCode;

use accord::govern::{TOKENS_DOCUMENT, TokenHolder, TokenRole, Tokens};
use accord::model::Timestamp;
use accord::store::{Store, StoreAddress};

use super::CommandError;
use super::settings;

/// Make, list and revoke the tokens that callers of the API show
///
/// A token names its holder's agency and user. Its text is printed once and kept nowhere; the store
/// keeps a hash. A revoked token is refused from the next request on.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  accord token create --store case.accord --agency metro-police --user jdoe
  accord token create --store case.accord --agency it --user prometheus --operator
  accord token list --store case.accord
  accord token revoke --store case.accord --agency metro-police --user jdoe")]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Make a token and print it
    Create {
        #[command(flatten)]
        holder: HolderArguments,
        /// For reading the server's metrics; sees no content
        #[arg(long)]
        operator: bool,
    },
    /// Print the holders of tokens
    List {
        #[command(flatten)]
        store: StoreOnly,
    },
    /// Remove all tokens of a user
    Revoke {
        #[command(flatten)]
        holder: HolderArguments,
    },
}

#[derive(clap::Args)]
struct StoreOnly {
    /// The store: a file path, or bolt://user:password@host:port/database for Neo4j
    #[arg(long, value_name = "STORE", env = "ACCORD_STORE")]
    store: StoreAddress,
}

#[derive(clap::Args)]
struct HolderArguments {
    #[command(flatten)]
    store: StoreOnly,
    /// The agency
    #[arg(long)]
    agency: String,
    /// The user within the agency
    #[arg(long)]
    user: String,
}

#[allow(clippy::print_stdout, reason = "prints the command's result")]
pub fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    match &arguments.action {
        Action::Create { holder, operator } => {
            let store = settings::open(&holder.store.store, true)?;
            let role = if *operator { TokenRole::Operator } else { TokenRole::Analyst };
            println!("{}", create(store.as_ref(), &holder.agency, &holder.user, role)?);
        }
        Action::List { store } => {
            let store = settings::open(&store.store, false)?;
            for holder in read(store.as_ref())?.holders() {
                let role = match holder.role {
                    TokenRole::Analyst => "analyst",
                    TokenRole::Operator => "operator",
                };
                println!("{}  {role:<8}  {}  {}", holder.created, holder.agency, holder.user);
            }
        }
        Action::Revoke { holder } => {
            let store = settings::open(&holder.store.store, false)?;
            let mut tokens = read(store.as_ref())?;
            let revoked = tokens.revoke(&holder.agency, &holder.user);
            store.put_document(TOKENS_DOCUMENT, &tokens.to_document())?;
            println!("{revoked} tokens revoked");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Makes a token and keeps its hash in the store.
pub fn create(
    store: &dyn Store,
    agency: &str,
    user: &str,
    role: TokenRole,
) -> Result<String, CommandError> {
    let mut tokens = read(store)?;
    let created = Timestamp::from(jiff::Timestamp::now());
    let holder = TokenHolder { agency: agency.to_owned(), user: user.to_owned(), role, created };
    let text = tokens.create(rand::random(), holder)?;
    store.put_document(TOKENS_DOCUMENT, &tokens.to_document())?;
    Ok(text)
}

fn read(store: &dyn Store) -> Result<Tokens, CommandError> {
    Ok(Tokens::from_document(store.document(TOKENS_DOCUMENT)?.as_deref())?)
}
