#!/bin/sh
# At the image's build: formats the template of a log directory, and writes the archive of the classes that
# a broker loads until it has stored and given out a record, had a consumer group, and stopped.
set -eu
home=/opt/kafka
work=$(mktemp -d)
# What a failing build shows is the end of its output: the logs.
trap '[ $? = 0 ] || tail -n 8 "$work"/*.log >&2; rm -r "$work"' EXIT

configuration() { sed "s#^log.dirs=.*#log.dirs=$1#" $home/config/default.properties; }
java="java -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dlog4j2.configurationFile=$home/config/log4j2.properties"
tool() { timeout 60 $java @$home/classpath "$@" --bootstrap-server localhost:9092 --topic warm-up >> "$work/tools.log" 2>&1; }

configuration "$work/template" > "$work/server.properties"
$home/bin/format.sh "$work/server.properties" > "$work/format.log"

configuration "$work/data" > "$work/server.properties"
cp -r "$work/template" "$work/data"
$java -XX:ArchiveClassesAtExit="$work/kafka.jsa" @$home/classpath kafka.Kafka "$work/server.properties" > "$work/broker.log" 2>&1 &
broker=$!
echo record | tool org.apache.kafka.tools.ConsoleProducer
tool org.apache.kafka.tools.consumer.ConsoleConsumer --from-beginning --max-messages 1
kill $broker
wait $broker || [ $? = 143 ]

mv "$work/template" $home/data/formatted
mv "$work/kafka.jsa" $home/data/kafka.jsa
