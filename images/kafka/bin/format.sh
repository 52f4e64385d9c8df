#!/bin/sh
# Formats the log directory named in the given server.properties, unless it is formatted already.
# A single directory gets a copy of the template with the node's and the cluster's id, which takes milliseconds;
# several directories, or no template yet, go through Kafka's own tool.
set -eu
home=/opt/kafka
properties=$1
cluster=${CLUSTER_ID:-5L6g3nShT-eMCtK--X86sw}

property() { sed -n "s/^$1=//p" "$properties" | tail -n 1; }
directory=$(property log.dirs)
directory=${directory:-$(property log.dir)}
directory=${directory:-/tmp/kafka-logs}
node=$(property node.id)
template=$home/data/formatted

case "$directory" in *,*) template=none ;; esac
if [ -e "$directory/meta.properties" ]; then
    exit 0 # the broker itself compares the ids, and says so if they differ
fi
if [ -d "$template" ] && [ -n "$node" ]; then
    mkdir -p "$directory"
    cp "$template/bootstrap.checkpoint" "$directory"
    # Each log directory of a cluster has an id of its own: 16 random bytes, in Kafka's notation (no leading dash).
    id=A$(head -c 16 /dev/urandom | base64 | tr '+/' '-_' | cut -c 2-22)
    sed -e "s/^node.id=.*/node.id=$node/" -e "s/^cluster.id=.*/cluster.id=$cluster/" -e "s/^directory.id=.*/directory.id=$id/" \
        "$template/meta.properties" > "$directory/meta.properties.new"
    mv "$directory/meta.properties.new" "$directory/meta.properties"
else
    java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dlog4j2.configurationFile=$home/config/log4j2.properties \
        @$home/classpath kafka.tools.StorageTool format --ignore-formatted --cluster-id="$cluster" -c "$properties"
fi
