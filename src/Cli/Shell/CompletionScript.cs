namespace Engine.Cli.Shell;

/// <summary>
/// Scripts that teach a shell to complete the command line. Each asks the program itself, by System.CommandLine's
/// <c>[suggest:POSITION]</c> directive, so it never gets out of date; where there is no answer, the shell completes files.
/// </summary>
internal static class CompletionScript
{
    /// <summary>The shells there is a script for.</summary>
    public static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "fish", "pwsh"];

    /// <summary>The script for a shell.</summary>
    /// <param name="shell">One of <see cref="Shells"/>.</param>
    /// <param name="program">The program to ask: its full path, so that an alias works, too.</param>
    public static string Of(string shell, string program) => shell switch
    {
        "bash" => Bash(Quote(program)),
        "zsh" => Zsh(Quote(program)),
        "fish" => Fish(program.Replace("\\", "\\\\").Replace("'", "\\'")),
        "pwsh" => PowerShell(program.Replace("'", "''")),
        _ => throw new ArgumentException($"CompletionScript: there is no script for '{shell}'.", nameof(shell)),
    };

    // For POSIX shells, whose quoted strings have no escapes.
    private static string Quote(string text) => $"'{text.Replace("'", """'"'"'""")}'";

    // A colon splits bash's words, so what stands before the last one, as in opencl:1, is cut from the suggestions.
    private static string Bash(string program) => $$"""
        # engine for bash: put  source <(engine completion bash)  into ~/.bashrc
        _engine() {
          local line="${COMP_LINE:0:COMP_POINT}" found
          line="engine ${line#* }"
          local word="${line##* }"
          COMPREPLY=()
          while IFS= read -r found; do
            [[ $found == "$word"* ]] && COMPREPLY+=("${found#"${word%"${word##*:}"}"}")
          done < <({{program}} "[suggest:${#line}]" "$line" 2>/dev/null)
        }
        complete -o default -o bashdefault -F _engine engine

        """;

    private static string Zsh(string program) => $$"""
        #compdef engine
        # engine for zsh: put  source <(engine completion zsh)  into ~/.zshrc, below compinit
        _engine() {
          local line="engine ${LBUFFER#* }"
          local -a found
          found=(${(f)"$({{program}} "[suggest:${#line}]" "$line" 2>/dev/null)"})
          (( ${#found} )) && compadd -a found
          _files
        }
        compdef _engine engine

        """;

    private static string Fish(string program) => $$"""
        # engine for fish: run  engine completion fish > ~/.config/fish/completions/engine.fish
        function __engine_complete
          set -l line "engine "(commandline -cp | string replace -r '^\s*\S+\s*' '')
          '{{program}}' "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c engine -a '(__engine_complete)'

        """;

    private static string PowerShell(string program) => $$"""
        # engine for PowerShell: put  engine completion pwsh | Out-String | Invoke-Expression  into $PROFILE
        Register-ArgumentCompleter -Native -CommandName engine -ScriptBlock {
          param($word, $ast, $position)
          $line = ('engine ' + ("$ast" -replace '^\S+\s*', '')).PadRight($position - "$ast".IndexOf(' ') + 6)
          & '{{program}}' "[suggest:$($line.Length)]" $line 2>$null |
            Where-Object { $_ -like "$word*" } |
            ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
        }

        """;
}
