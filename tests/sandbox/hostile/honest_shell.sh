# MUST: a plain shell program works without other programs | KIND: honest | ENDS: ok
read -r world
total=0
for number in 1 2 3 4 5; do
    total=$((total + number * number))
done
case $world in
    \{*\}) [ "$total" -eq 55 ] && echo "HONEST OK" ;;
esac
