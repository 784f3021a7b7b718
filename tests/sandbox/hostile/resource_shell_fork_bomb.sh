# MUST: the shell's classical fork bomb stays within the process limit | KIND: resource
bomb() {
    bomb | bomb &
}
bomb
echo started
