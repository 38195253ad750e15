// Seeds one region, one sales channel, one stock location with a flat delivery fee, and one product with one
// variant of UNITS units. Writes what a buyer must know to SEED_FILE as JSON. Run by `medusa exec ./seed.js`.
const fs = require("node:fs")
const { Modules, ContainerRegistrationKeys, ProductStatus } = require("@medusajs/framework/utils")
const flows = require("@medusajs/medusa/core-flows")

const CURRENCY = "eur"
const COUNTRY = "de"

exports.default = async function seed({ container }) {
  const run = async (flow, input) => (await flow(container).run({ input })).result
  const link = (pair) => container.resolve(ContainerRegistrationKeys.LINK).create(pair)

  const [channel] = await run(flows.createSalesChannelsWorkflow, { salesChannelsData: [{ name: "Bench" }] })
  const [store] = await container.resolve(Modules.STORE).listStores()
  await run(flows.updateStoresWorkflow, {
    selector: { id: store.id },
    update: {
      supported_currencies: [{ currency_code: CURRENCY, is_default: true }],
      default_sales_channel_id: channel.id,
    },
  })
  const [key] = await run(flows.createApiKeysWorkflow, {
    api_keys: [{ title: "Bench", type: "publishable", created_by: "" }],
  })
  await run(flows.linkSalesChannelsToApiKeyWorkflow, { id: key.id, add: [channel.id] })
  const [region] = await run(flows.createRegionsWorkflow, {
    regions: [{ name: "Bench", currency_code: CURRENCY, countries: [COUNTRY], payment_providers: ["pp_system_default"] }],
  })

  const [location] = await run(flows.createStockLocationsWorkflow, {
    locations: [{ name: "Bench", address: { city: "Berlin", country_code: COUNTRY, address_1: "Weg 1" } }],
  })
  await run(flows.linkSalesChannelsToStockLocationWorkflow, { id: location.id, add: [channel.id] })
  await link({
    [Modules.STOCK_LOCATION]: { stock_location_id: location.id },
    [Modules.FULFILLMENT]: { fulfillment_provider_id: "manual_manual" },
  })
  const fulfillment = container.resolve(Modules.FULFILLMENT)
  const [profile] = await run(flows.createShippingProfilesWorkflow, { data: [{ name: "Bench", type: "bench" }] })
  const set = await fulfillment.createFulfillmentSets({
    name: "Bench",
    type: "shipping",
    service_zones: [{ name: "Bench", geo_zones: [{ country_code: COUNTRY, type: "country" }] }],
  })
  await link({
    [Modules.STOCK_LOCATION]: { stock_location_id: location.id },
    [Modules.FULFILLMENT]: { fulfillment_set_id: set.id },
  })
  const [option] = await run(flows.createShippingOptionsWorkflow, [
    {
      name: "Flat",
      price_type: "flat",
      provider_id: "manual_manual",
      service_zone_id: set.service_zones[0].id,
      shipping_profile_id: profile.id,
      type: { label: "Flat", description: "Flat", code: "flat" },
      prices: [{ currency_code: CURRENCY, amount: 5 }],
      rules: [
        { attribute: "enabled_in_store", value: "true", operator: "eq" },
        { attribute: "is_return", value: "false", operator: "eq" },
      ],
    },
  ])

  const [product] = await run(flows.createProductsWorkflow, {
    products: [
      {
        title: "Oranges, 5 kg",
        status: ProductStatus.PUBLISHED,
        shipping_profile_id: profile.id,
        options: [{ title: "Size", values: ["5 kg"] }],
        variants: [
          {
            title: "5 kg",
            sku: "BENCH",
            manage_inventory: true,
            allow_backorder: false,
            options: { Size: "5 kg" },
            prices: [{ currency_code: CURRENCY, amount: 19.9 }],
          },
        ],
        sales_channels: [{ id: channel.id }],
      },
    ],
  })
  const { data: items } = await container
    .resolve(ContainerRegistrationKeys.QUERY)
    .graph({ entity: "inventory_item", fields: ["id"] })
  await run(flows.createInventoryLevelsWorkflow, {
    inventory_levels: [
      { location_id: location.id, inventory_item_id: items[0].id, stocked_quantity: Number(process.env.UNITS) },
    ],
  })

  fs.writeFileSync(
    process.env.SEED_FILE,
    JSON.stringify({
      key: key.token,
      region: region.id,
      country: COUNTRY,
      option: option.id,
      variant: product.variants[0].id,
      inventoryItem: items[0].id,
    }),
  )
}
